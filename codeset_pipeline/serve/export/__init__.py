"""Exports: the effective-dated tables and crosswalks as files for other systems (`codeset export`)."""

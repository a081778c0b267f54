"""What a change breaks: charge masters and rules held against the changes of one or more release pairs."""

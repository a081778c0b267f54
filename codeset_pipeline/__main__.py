"""`python -m codeset_pipeline` is the command line."""

from codeset_pipeline.cli.main import run

if __name__ == "__main__":
    run()

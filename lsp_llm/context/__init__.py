"""Where prompt context comes from; blocking code, run in a thread by commands."""

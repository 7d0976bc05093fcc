"""Files that nobody would send on purpose: read without a crash, without a hang, with a sentence each."""

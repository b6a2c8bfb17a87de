"""Laws that hold for any input, as functions of bytes: run over a kept corpus, by Hypothesis, and by a coverage-guided fuzzer.

``python -m tests.fuzz --help`` says how to let the fuzzer (atheris, which has to be installed) look for more.
"""

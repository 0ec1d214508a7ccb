# Sourced by what containers start with.

say() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
}

# Starts the agent again whenever it ends, until this shell ends. `stop_agent` stops both.
keep_agent() {
  local settings=$1 process
  trap 'kill -TERM "$process" 2>/dev/null; wait "$process"; exit' TERM
  while :; do
    node /app/dist/src/cli/main.js agent --config "$settings" &
    process=$!
    wait "$process" || say "the agent has ended with $?, and is started again"
    sleep 2 &
    process=$!
    wait "$process"
  done
}

start_agent() {
  keep_agent "$1" &
  keeper=$!
}

stop_agent() {
  kill -TERM "$keeper" 2>/dev/null || return 0
  wait "$keeper" || true
}

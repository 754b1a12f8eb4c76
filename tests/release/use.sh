#!/bin/sh
# Uses the archives of a release on this machine: use.sh FOLDER, which holds one archive of the library and one of the emulator.
# Compiles the call of two arguments and a small run with a journal, and compares what they print.
set -eu
sources=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
for name in graph-devices graph-emulator; do
  tar -xzf "$1"/"$name"-*.tar.gz -C "$place"
  mv "$place"/"$name"-* "$place/$name"
done
cd "$place"

mkfifo ready
graph-emulator/graph-emulator --port 0 >ready &
emulator=$!
read -r line <ready
trap 'kill $emulator; rm -rf "$place"' EXIT
GRAPH_DEVICES_ENDPOINT=$(printf '%s' "$line" | sed 's/.*"endpoint":"\([^"]*\)".*/\1/')
GRAPH_TOKEN=demo-token
export GRAPH_DEVICES_ENDPOINT GRAPH_TOKEN

for program in "$sources/c/two_arguments.c" "$sources/release/journaled.c"; do
  cc -std=c11 "$program" -o "$(basename "$program" .c)" -Igraph-devices/include -Lgraph-devices/lib -lgraph_devices \
    -Wl,-rpath,"$place/graph-devices/lib"
done
run() { ./journaled run.jsonl adele@contoso.com diego@contoso.com missing@contoso.com | sort | tr '\n' ';'; }
found=$(run)
[ "$found" = 'adele@contoso.com skipped;diego@contoso.com accepted;missing@contoso.com failed;' ] || { echo "the run: $found"; exit 1; }
found=$(./two_arguments adele@contoso.com)
[ "$found" = ok ] || { echo "the call: $found"; exit 1; }
grep -q '"event":"end"' run.jsonl
echo "2 passed, 0 failed, 0 skipped"

#!/bin/sh
# dlltool makes the path of the library that it writes a part of symbols, and rustc takes a new folder each time. So that the same
# sources give the same symbols, this calls it in that folder.
set -eu
before='' folder=. left=$#
while [ "$left" -gt 0 ]; do
  argument=$1
  shift
  if [ "$before" = -l ]; then
    folder=$(dirname "$argument")
    argument=$(basename "$argument")
  fi
  set -- "$@" "$argument"
  before=$argument
  left=$((left - 1))
done
cd "$folder"
exec x86_64-w64-mingw32-dlltool "$@"

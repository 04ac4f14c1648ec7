#!/bin/sh
# Gets an address of the shop, after waiting in line where there is one:  wait.sh https://shop.example/api/products
# curl 7.84 or later; the place is in the cookies.
set -eu
kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT

while :; do
  told=$(curl -sS -b "$kept/cookies" -c "$kept/cookies" -o "$kept/answer" -H 'Accept: application/problem+json' \
    -w '%header{waitroom-room} %header{retry-after} %header{waitroom-position}' "$1")
  # only the gateway's own answers name the room
  case $told in ' '*) break ;; esac
  set -- "$1" $told
  echo "in line: place ${4:-not known yet}, asking again in ${3:-10} s" >&2
  sleep "${3:-10}"
done
cat "$kept/answer"

#!/bin/sh
# A guest without network, without your files and without your login asks Mixpanel through the broker's socket.
#
#     sh examples/broker.sh          (Linux, root or unprivileged namespaces)
set -eu

run=$(mktemp -d)
mp broker serve --read-only --socket "$run/broker.sock" > "$run/line" &
broker=$!
trap 'kill "$broker"; wait "$broker" || true; rm -rf "$run"' EXIT
until [ -s "$run/line" ]; do sleep 0.1; done

# Of your files, the guest sees the socket alone: your home is an empty directory there.
unshare --user --map-root-user --net --mount --pid --fork --mount-proc sh -c '
  mount -t tmpfs none "$HOME"
  curl -s --unix-socket "$1/broker.sock" "http://localhost/api/query/events/names?type=general"
' sh "$run"
echo

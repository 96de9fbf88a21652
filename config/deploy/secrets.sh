#!/bin/sh
# Makes the secrets of compose.yaml in .masterflag/, which neither git nor the package takes, once; what is there already stays as it is.
# Keep a copy of matching.key elsewhere: without it, no party is matched with what was heard before.
set -eu
umask 077
folder=$(dirname "$0")/../../.masterflag
mkdir -p "$folder"

secret() {
  [ -s "$folder/$1" ] || openssl rand -hex 24 >"$folder/$1"
}

secret matching.key
# Read by the user `node` of the image (1000), which is not the one who runs this.
chmod 644 "$folder/matching.key"

# MongoDB's members recognise one another by it.
[ -s "$folder/mongodb.key" ] || openssl rand -base64 756 >"$folder/mongodb.key"

if [ ! -s "$folder/.env" ]; then
  {
    # A letter first: nats.conf would read some values as numbers.
    for name in NATS_PASSWORD NATS_SYS_PASSWORD NATS_FEEDER_PASSWORD MONGODB_PASSWORD; do
      echo "$name=s$(openssl rand -hex 24)"
    done
  } >"$folder/.env"
fi
echo "secrets are in $folder"

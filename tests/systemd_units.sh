#!/bin/bash
# systemd_units.sh PREFIX: what systemd says about the installed units. `verify` succeeds on unknown keys, so its output
# must be empty; the exposure of the service must not grow.
set -euo pipefail
most_exposure=15  # tenths of systemd's scale from 0 to 10
units=$1/lib/systemd/system

for unit in credcached.service credcached.socket; do
  [[ -s $units/$unit ]] || { echo "$units/$unit was expected, but is not there"; exit 1; }
done
found=$(systemd-analyze verify --man=no "$units/credcached.service" "$units/credcached.socket" 2>&1) || { echo "$found"; exit 1; }
if [[ -n $found ]]; then echo "$found"; exit 1; fi
systemd-analyze security --no-pager --offline=true --threshold=$most_exposure "$units/credcached.service" | tail -n 2

# The account: a dry run against an empty root knows no user yet and so would make this one.
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
planned=$(systemd-sysusers --dry-run --root="$empty" - <"$1/lib/sysusers.d/credcached.conf" 2>&1)
grep -q 'credcached' <<<"$planned" || { echo "sysusers plans no account: $planned"; exit 1; }
echo "units verified"

#!/usr/bin/env bash
exec tensorop-run --proposer=none "$@"

# An evaluator whose candidate number $2 hangs: bash hang.sh COUNT NUMBER COMMAND...
# COUNT is a file whose size is their number; COUNT.hangs is there when one does.
count=$1 number=$2
shift 2
case "$1" in */tensorop-runner | */runner)
  printf + >>"$count"
  if [ "$(wc -c <"$count")" -eq "$number" ]; then
    touch "$count.hangs"
    # A process of its own, which must end with this one.
    sleep 1000 &
    echo $! >"$count.pid"
    wait
  fi
  ;;
esac
exec "$@"

# A board that is there while the file $1 is: bash flaky.sh FILE COMMAND...
if [ ! -e "$1" ]; then
  echo "No route to host" >&2
  exit 255
fi
shift
exec "$@"

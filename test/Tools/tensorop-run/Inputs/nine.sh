# A board whose commands work, but whose last word on programs is 9.
"$@"
code=$?
case $1 in
  */*) exit 9 ;;
esac
exit $code

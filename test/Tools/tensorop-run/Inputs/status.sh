# Runs a command and prints its exit status as the last line.
"$@" 2>&1
echo "exit $?"

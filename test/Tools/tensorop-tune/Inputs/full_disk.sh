# A disk of its own that is full, and then larger: bash full_disk.sh KIND FOLDER TUNE...
# KIND: database: the database of the search is there; temporary: what it compiles is there.
kind=$1 folder=$2
shift 2
mkdir -p "$folder/disk"
mount -t tmpfs -o size=192k none "$folder/disk" || exit 77
if [ "$kind" = database ]; then
  db=$folder/disk/t.sqlite
  echo "an older result" >"$folder/disk/old.mlir"
  "$@" --trials=100 "--db=$db" -o "$folder/tuned.mlir" 2>&1
  echo "exit code: $?"
  tensorop-tune "--db=$db" "--export=$folder/kept.jsonl"
  echo "kept: $(wc -l <"$folder/kept.jsonl")"
  "$@" --trials=2 "--db=$db" -o "$folder/disk/old.mlir" 2>&1 | grep -E 'error|trials:|to resume'
  cat "$folder/disk/old.mlir"
  mount -o remount,size=4m "$folder/disk"
  "$@" --trials=2 "--db=$db"
else
  # Each candidate leaves something behind, until nothing fits.
  printf 'head -c 24k /dev/zero >>%s/rubbish 2>/dev/null\nexec "$@"\n' "$folder/disk" >"$folder/fill.sh"
  mkdir "$folder/disk/tmp"
  TMPDIR=$folder/disk/tmp "$@" --trials=100 "--db=$folder/t.sqlite" -o "$folder/tuned.mlir" \
    "--evaluator=bash $folder/fill.sh" 2>&1
  echo "exit code: $?"
  tensorop-tune "--db=$folder/t.sqlite" "--export=$folder/kept.jsonl"
  echo "refused: $(grep -c '"outcome":"refused"' "$folder/kept.jsonl")"
fi
umount "$folder/disk"

#!/bin/sh
# Every file of DROP/TYPE/ is imported as records of that type (DROP/people/ as people, first), then each of SCHEMES is
# evaluated for the period in which yesterday lies. A file goes to done/ when its rows are kept, to failed/ when none
# fits; it stays where it is when the database was not to be had, and the next night takes it again. Importing a file
# twice changes nothing.
set -u
: "${KAOHE_WORKSPACE:?}" "${DROP:?}"
worst=0

worse() { [ "$1" -le "$worst" ] || worst=$1; }

bring() { # TYPE FILE
  if [ "$1" = people ]; then
    kaohe people import "$2" --update
  else
    kaohe records import "$1" "$2"
  fi
  code=$?
  case $code in
    0) place=done ;;
    1) place=failed ;;
    *) worse $code; return ;;
  esac
  worse $code
  mkdir -p "$DROP/$place/$1" && mv "$2" "$DROP/$place/$1/$(date +%Y%m%dT%H%M%S)-$(basename "$2")"
}

for type in people $(cd "$DROP" && ls -d -- */ 2>/dev/null | tr -d / | grep -v -x -e people -e done -e failed); do
  for file in "$DROP/$type"/*; do
    [ -f "$file" ] && bring "$type" "$file"
  done
done

period=$(date --date yesterday "+${PERIOD_FORMAT:-%Y-%m}")
for scheme in ${SCHEMES:-}; do
  kaohe evaluate "$scheme" --period "$period" >/dev/null
  code=$?
  [ $code -eq 4 ] || worse $code # 4: nothing to evaluate yet
done

kaohe audit verify || worse $?
exit "$worst"

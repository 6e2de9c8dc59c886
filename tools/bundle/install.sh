#!/bin/sh
# 离线安装 areaplan @VERSION@（需要 Python @PYTHON@）/ installs areaplan @VERSION@ without a network (needs Python @PYTHON@)
# usage: ./install.sh [FOLDER]    FOLDER defaults to ./areaplan
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-"$PWD/areaplan"}
python=
for name in "python@PYTHON@" python3 python; do
  if command -v "$name" >/dev/null 2>&1 && [ "$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = "@PYTHON@" ]; then
    python=$name
    break
  fi
done
if [ -z "$python" ]; then
  echo "需要 Python @PYTHON@ / Python @PYTHON@ is needed; this bundle fits no other version" >&2
  exit 2
fi
"$python" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --no-index --find-links "$here/wheels" --require-hashes -r "$here/requirements.txt"
mkdir -p "$folder/share/fonts"
cp "$here"/font/* "$folder/share/fonts/"
echo "已安装 / installed: $folder/bin/areaplan"
echo "试运行 / try it:    $folder/bin/areaplan demo"

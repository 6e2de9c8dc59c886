@echo off
rem areaplan @VERSION@, installed without a network; needs Python @PYTHON@ (64 bit)
rem usage: install.bat [FOLDER]    FOLDER defaults to .\areaplan
setlocal
set "HERE=%~dp0"
set "FOLDER=%~1"
if "%FOLDER%"=="" set "FOLDER=%CD%\areaplan"
py -@PYTHON@ -c "import sys" >nul 2>nul
if errorlevel 1 (
  echo Python @PYTHON@ ^(64 bit^) is needed; this bundle fits no other version.
  exit /b 2
)
py -@PYTHON@ -m venv "%FOLDER%" || exit /b 1
"%FOLDER%\Scripts\python.exe" -m pip install --quiet --no-index --find-links "%HERE%wheels" --require-hashes -r "%HERE%requirements.txt" || exit /b 1
if not exist "%FOLDER%\share\fonts" mkdir "%FOLDER%\share\fonts"
copy /y "%HERE%font\*" "%FOLDER%\share\fonts" >nul || exit /b 1
echo installed: %FOLDER%\Scripts\areaplan.exe
echo try it:    %FOLDER%\Scripts\areaplan.exe demo

# Installs wscam for this user on Windows:
#
#   irm https://github.com/wscam/wscam/releases/latest/download/install.ps1 | iex
#
# $env:WSCAM_VERSION      another version than the latest
# $env:WSCAM_BASE_URL     a folder that holds the executables and SHA256SUMS
# $env:WSCAM_INSTALL_DIR  another folder to install into

function Install-Wscam {
  $ErrorActionPreference = 'Stop'
  # Windows PowerShell 5 draws its progress bar slower than it downloads.
  $ProgressPreference = 'SilentlyContinue'
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor
    [Net.SecurityProtocolType]::Tls12

  if (-not [Environment]::Is64BitOperatingSystem) { throw 'wscam is not installed: Windows must be a 64-bit one' }
  $releases = 'https://github.com/wscam/wscam/releases'
  $base = if ($env:WSCAM_BASE_URL) { $env:WSCAM_BASE_URL.TrimEnd('/') }
  elseif ($env:WSCAM_VERSION) { "$releases/download/v$($env:WSCAM_VERSION.TrimStart('v'))" }
  else { "$releases/latest/download" }
  $folder = if ($env:WSCAM_INSTALL_DIR) { $env:WSCAM_INSTALL_DIR }
  else { Join-Path $env:LOCALAPPDATA 'Programs\wscam' }

  # Windows on ARM runs programs for x86_64.
  $name = 'wscam-windows-x86_64.exe'
  New-Item -ItemType Directory -Force -Path $folder | Out-Null
  $part = Join-Path $folder "wscam-$([Guid]::NewGuid().ToString('N')).part"
  try {
    Write-Host "Downloading $base/$name"
    Invoke-WebRequest -UseBasicParsing -Uri "$base/SHA256SUMS" -OutFile $part
    $line = Get-Content -Path $part | Where-Object { $_ -match "^[0-9a-f]{64} [ *]$([regex]::Escape($name))$" } |
      Select-Object -First 1
    if (-not $line) { throw "wscam is not installed: $base/SHA256SUMS does not list $name" }
    $wanted = $line.Substring(0, 64)
    Invoke-WebRequest -UseBasicParsing -Uri "$base/$name" -OutFile $part
    $found = (Get-FileHash -Algorithm SHA256 -Path $part).Hash.ToLowerInvariant()
    if ($found -ne $wanted) {
      throw "wscam is not installed: what was downloaded is damaged: its checksum is $found, and must be $wanted"
    }
    # A program that runs can't be replaced, but it can be moved out of the way.
    $program = Join-Path $folder 'wscam.exe'
    $old = Join-Path $folder 'wscam.old.exe'
    Remove-Item -Force -ErrorAction SilentlyContinue -Path $old
    if (Test-Path $program) { Move-Item -Force -Path $program -Destination $old }
    Move-Item -Path $part -Destination $program
    Remove-Item -Force -ErrorAction SilentlyContinue -Path $old
  }
  finally {
    Remove-Item -Force -ErrorAction SilentlyContinue -Path $part
  }
  Write-Host "Installed $(& $program --version) as $program"

  $path = [Environment]::GetEnvironmentVariable('Path', 'User')
  if (($path -split ';') -notcontains $folder) {
    [Environment]::SetEnvironmentVariable('Path', (@($path, $folder) -ne '' -join ';'), 'User')
    $env:Path = "$env:Path;$folder"
    Write-Host "$folder is on your PATH now, in windows that you open from now on"
  }
  if (-not (Get-Command ffmpeg -ErrorAction SilentlyContinue)) {
    Write-Host 'Cameras need ffmpeg, which is not installed: winget install Gyan.FFmpeg'
  }
  Write-Host 'Try it: wscam --camera test'
}

Install-Wscam

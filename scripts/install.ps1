# Installs wscam for this user on Windows:
#
#   irm https://github.com/OWNER/NAME/releases/latest/download/install.ps1 | iex
#
# $env:WSCAM_VERSION      another version than the latest
# $env:WSCAM_BASE_URL     a folder that holds the executables and SHA256SUMS; http from this machine alone
# $env:WSCAM_INSTALL_DIR  another folder to install into

function Install-Wscam {
  $ErrorActionPreference = 'Stop'
  # Windows PowerShell 5 draws its progress bar slower than it downloads.
  $ProgressPreference = 'SilentlyContinue'
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor
    [Net.SecurityProtocolType]::Tls12

  if (-not [Environment]::Is64BitOperatingSystem) { throw 'wscam is not installed: Windows must be a 64-bit one' }
  $releases = 'https://github.com/OWNER/NAME/releases'
  $base = if ($env:WSCAM_BASE_URL) { $env:WSCAM_BASE_URL.TrimEnd('/') }
  elseif ($releases -like '*/OWNER/*') {
    throw 'wscam is not installed: this install.ps1 belongs to no release: take that of a release, or set WSCAM_BASE_URL'
  }
  elseif ($env:WSCAM_VERSION) { "$releases/download/v$($env:WSCAM_VERSION.TrimStart('v'))" }
  else { "$releases/latest/download" }
  # Whoever is on the way could change what plain http brings, the checksums with it.
  $uri = $base -as [Uri]
  if (-not $uri -or ($uri.Scheme -ne 'https' -and -not $uri.IsLoopback)) {
    throw "wscam is not installed: WSCAM_BASE_URL must begin with https:// (http:// is for this machine alone), got $base"
  }
  $folder = if ($env:WSCAM_INSTALL_DIR) { $env:WSCAM_INSTALL_DIR }
  else { Join-Path $env:LOCALAPPDATA 'Programs\wscam' }

  # Windows on ARM runs programs for x86_64.
  $name = 'wscam-windows-x86_64.exe'
  $program = Join-Path $folder 'wscam.exe'
  New-Item -ItemType Directory -Force -Path $folder | Out-Null
  $unique = [Guid]::NewGuid().ToString('N')
  $sums = Join-Path $folder "wscam-$unique.sums"
  # Windows runs only what is called so.
  $part = Join-Path $folder "wscam-$unique.part.exe"
  try {
    Write-Host "Downloading $base/$name"
    Invoke-WebRequest -UseBasicParsing -Uri "$base/SHA256SUMS" -OutFile $sums
    $pattern = '^[0-9a-f]{64} [ *]' + [regex]::Escape($name) + '$'
    $line = Get-Content -LiteralPath $sums | Where-Object { $_ -match $pattern } | Select-Object -First 1
    if (-not $line) { throw "wscam is not installed: $base/SHA256SUMS does not list $name" }
    $wanted = $line.Substring(0, 64)
    Invoke-WebRequest -UseBasicParsing -Uri "$base/$name" -OutFile $part
    $found = (Get-FileHash -Algorithm SHA256 -LiteralPath $part).Hash.ToLowerInvariant()
    if ($found -ne $wanted) {
      throw "wscam is not installed: what was downloaded is damaged: its checksum is $found, and must be $wanted"
    }
    $version = & $part --version
    if ($LASTEXITCODE -ne 0) { throw 'wscam is not installed: the executable does not run on this system' }
    # What earlier installations had to leave, since it ran.
    Get-ChildItem -LiteralPath $folder -Filter 'wscam-*.old.exe' |
      Remove-Item -Force -ErrorAction SilentlyContinue
    # A program that runs can't be replaced, but it can be moved out of the way.
    $old = Join-Path $folder "wscam-$unique.old.exe"
    if (Test-Path -LiteralPath $program) { Move-Item -LiteralPath $program -Destination $old }
    try {
      Move-Item -LiteralPath $part -Destination $program
    }
    catch {
      if (Test-Path -LiteralPath $old) { Move-Item -LiteralPath $old -Destination $program }
      throw
    }
    Remove-Item -Force -ErrorAction SilentlyContinue -LiteralPath $old
  }
  finally {
    Remove-Item -Force -ErrorAction SilentlyContinue -LiteralPath $sums
    Remove-Item -Force -ErrorAction SilentlyContinue -LiteralPath $part
  }
  Write-Host "Installed $version as $program"

  $path = [Environment]::GetEnvironmentVariable('Path', 'User')
  if (($path -split ';') -notcontains $folder) {
    $all = @($path, $folder) | Where-Object { $_ }
    [Environment]::SetEnvironmentVariable('Path', ($all -join ';'), 'User')
    $env:Path = "$env:Path;$folder"
    Write-Host "$folder is on your PATH, here and in windows that you open from now on"
  }
  if (-not (Get-Command ffmpeg -ErrorAction SilentlyContinue)) {
    Write-Host 'Cameras need ffmpeg, which is not installed: winget install Gyan.FFmpeg'
  }
  Write-Host 'Try it: wscam --camera test'
}

Install-Wscam

# Dot-sourced by every test file: the module under test, the emulator, and the users in it.

$ModuleFolder = $env:GRAPH_DEVICES_MODULE
$Manifest = Join-Path $ModuleFolder 'GraphDevices.psd1'

$Adele = '10000000-0000-4000-8000-000000000001'
$Diego = '10000000-0000-4000-8000-000000000002'
$Lee = '10000000-0000-4000-8000-000000000003'

# Every test gets the same emulator; it ends with this process, which holds the other end of its input.
function Start-TestEmulator {
    if (-not (Test-Path Variable:Global:GraphDevicesTestEmulator)) {
        $global:GraphDevicesTestEmulator = New-TestEmulator
    }
    $env:GRAPH_DEVICES_ENDPOINT = $global:GraphDevicesTestEmulator.Endpoint
    Reset-TestEmulator
}

function New-TestEmulator {
    param([switch]$Tls)

    $options = '--port 0 --stdin-guard'
    if ($Tls) { $options += ' --tls' }
    $start = New-Object Diagnostics.ProcessStartInfo $env:GRAPH_EMULATOR, $options
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    $process.BeginErrorReadLine()
    $ready = $process.StandardOutput.ReadLine() | ConvertFrom-Json
    @{ Process = $process; Endpoint = $ready.endpoint; CaPem = $(if ($Tls) { $ready.ca_pem }) }
}

function Invoke-Management {
    param([string]$Path, [AllowNull()][object]$Body)

    $uri = "$($global:GraphDevicesTestEmulator.Endpoint)/_emulator/$Path"
    if ($PSBoundParameters.ContainsKey('Body')) {
        $json = if ($null -eq $Body) { '' } else { ConvertTo-Json -InputObject $Body -Depth 8 }
        return Invoke-RestMethod -Uri $uri -Method Post -Body $json -ContentType 'application/json'
    }
    Invoke-RestMethod -Uri $uri | ForEach-Object { $_ }
}

function Reset-TestEmulator {
    param([AllowNull()][object]$Part)
    $null = Invoke-Management reset $Part
}

# Users made by rule in place of those above, each with one phone.
function Reset-ManyUser {
    param([int]$Count)
    Reset-TestEmulator @{ users = @(); generate = @{ users = $Count; devices = 1; operating_systems = @('iOS') } }
    1..$Count | ForEach-Object { 'user-{0:d6}@contoso.com' -f $_ }
}

# How often each user's devices were retired, by object id.
function Get-ActionCount {
    $counts = @{}
    foreach ($action in @(Invoke-Management actions)) { if ($action.acted) { $counts[$action.user] = 1 + $counts[$action.user] } }
    $counts
}

# The faults of the requests that follow, in order.
function Set-TestFault {
    param([hashtable[]]$Fault)
    $null = Invoke-Management faults @($Fault)
}

# What acted or would have, in order; reads are not among it.
function Get-SentRequest {
    Invoke-Management log | Where-Object { $_.method -eq 'POST' -and $_.target.EndsWith('/removeAllDevicesFromManagement', [StringComparison]::Ordinal) }
}

# The users that were asked for, in order, as the service saw them: object ids, or nothing for one it does not know.
function Get-SentUser { Get-SentRequest | ForEach-Object { $_.user } }

# Waits until so many requests of the action have arrived, answered or not.
function Wait-AttemptCount {
    param([int]$Count)
    $waited = Invoke-RestMethod -Uri "$env:GRAPH_DEVICES_ENDPOINT/_emulator/wait?attempts=$Count&seconds=60"
    if (-not $waited.reached) { throw "no $Count attempts within 60 seconds" }
}

function Wait-ActionCount {
    param([int]$Count)
    $waited = Invoke-RestMethod -Uri "$env:GRAPH_DEVICES_ENDPOINT/_emulator/wait?actions=$Count&seconds=60"
    if (-not $waited.reached) { throw "no $Count actions within 60 seconds" }
}

function Wait-ReadCount {
    param([int]$Count)

    $clock = [Diagnostics.Stopwatch]::StartNew()
    while (@(Invoke-Management reads).Count -lt $Count) {
        if ($clock.Elapsed.TotalSeconds -gt 60) { throw "no $Count reads within 60 seconds" }
    }
}

# The lines of a journal of one event.
function Get-JournalLine {
    param([string]$Path, [string]$Event)
    [IO.File]::ReadAllLines($Path) | ForEach-Object { ConvertFrom-Json $_ } | Where-Object { $_.event -eq $Event }
}

function New-TestToken {
    param([string]$Text = 'demo-token')
    ConvertTo-SecureString $Text -AsPlainText -Force
}

# A PowerShell of its own in this process, without a host that could be asked. The script finds $Token and $Manifest.
function New-TestPowerShell {
    param([string]$Script)

    $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
    $null = $shell.AddScript('param($Manifest, $Token) Set-StrictMode -Version 3.0; Import-Module $Manifest; ' + $Script)
    $null = $shell.AddArgument($Manifest).AddArgument((New-TestToken))
    $shell
}

# A pwsh of its own that runs a script with these lines as its input: all that it printed, and its exit code.
function Invoke-TestProcess {
    param([string]$Script, [string]$Folder, [string]$Answer = '', [switch]$NoModule, [string]$Before = '', [hashtable]$Environment = @{}, [switch]$AsCommand)

    Complete-TestProcess (Start-TestProcess @PSBoundParameters)
}

function Start-TestProcess {
    param([string]$Script, [string]$Folder, [string]$Answer = '', [switch]$NoModule, [string]$Before = '', [hashtable]$Environment = @{}, [switch]$AsCommand, [switch]$KeepOpen)

    $file = Join-Path $Folder 'script.ps1'
    $head = $Before
    if (-not $NoModule) {
        $head += "Import-Module '$Manifest'`n`$token = ConvertTo-SecureString `$env:TEST_TOKEN -AsPlainText -Force`n"
    }
    [IO.File]::WriteAllText($file, $head + $Script)
    $pwsh = [Diagnostics.Process]::GetCurrentProcess().MainModule.FileName
    $what = if ($AsCommand) { "-Command `". '$file'`"" } else { "-File `"$file`"" }
    $start = New-Object Diagnostics.ProcessStartInfo $pwsh, "-NoProfile $what"
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.EnvironmentVariables['TEST_TOKEN'] = 'demo-token'
    foreach ($name in $Environment.Keys) { $start.EnvironmentVariables[$name] = $Environment[$name] }
    $process = [Diagnostics.Process]::Start($start)
    $errors = $process.StandardError.ReadToEndAsync()
    $output = $process.StandardOutput.ReadToEndAsync()
    $process.StandardInput.Write($Answer)
    if (-not $KeepOpen) { $process.StandardInput.Close() }
    @{ Process = $process; Output = $output; Errors = $errors }
}

function Complete-TestProcess {
    param([hashtable]$Started)

    $Started.Process.WaitForExit()
    $text = $Started.Output.Result + $Started.Errors.Result
    [pscustomobject]@{ Text = $text -replace '\x1b\[[0-9;]*m', ''; ExitCode = $Started.Process.ExitCode }
}

# A copy of the module to damage; its native folder is returned too.
function Copy-TestModule {
    param([string]$Folder)

    $copy = Join-Path $Folder ('copy-' + [guid]::NewGuid().ToString('N'))
    Copy-Item -LiteralPath $ModuleFolder -Destination $copy -Recurse
    $native = @(Get-ChildItem -LiteralPath (Join-Path $copy 'native'))[0].FullName
    $library = @(Get-ChildItem -LiteralPath $native | Where-Object { $_.Name -match '^(lib)?graph_devices\.' })[0].FullName
    [pscustomobject]@{ Manifest = Join-Path $copy 'GraphDevices.psd1'; Root = $copy; Native = $native; Library = $library }
}

function Get-ScriptFile {
    foreach ($folder in $ModuleFolder, $PSScriptRoot) {
        Get-ChildItem -LiteralPath $folder -Recurse -File |
            Where-Object { $_.Name -match '\.(ps1|psm1|psd1|ps1xml|txt)$' } |
            ForEach-Object { $_.FullName }
    }
}

# What Windows PowerShell 5.1 would not parse or does not have.
function Get-NewSyntax {
    param([string]$Path)

    $tokens = $null
    $errors = $null
    $ast = [Management.Automation.Language.Parser]::ParseFile($Path, [ref]$tokens, [ref]$errors)
    foreach ($problem in $errors) { "does not parse: $($problem.Message)" }
    $kinds = 'TernaryExpressionAst', 'PipelineChainAst'
    $operators = 'QuestionQuestion', 'QuestionQuestionEquals'
    $variables = 'IsWindows', 'IsLinux', 'IsMacOS', 'IsCoreCLR', 'PSStyle'
    $commands = 'Test-Json', 'Get-Error', 'Get-Uptime', 'Remove-Alias', 'Join-String', 'Show-Markdown'
    $parameters = 'Parallel', 'AsHashtable', 'ProgressAction', 'AsByteStream', 'SkipCertificateCheck', 'AdditionalChildPath'
    $named = { param($Node, $Property) $found = $Node.PSObject.Properties[$Property]; if ($found) { $found.Value } }
    foreach ($node in $ast.FindAll({ $true }, $true)) {
        $type = $node.GetType().Name
        $text = $node.Extent.Text
        if ($kinds -contains $type) { "${type}: $text" }
        if ($operators -contains "$(& $named $node 'Operator')") { "operator: $text" }
        if ($true -eq (& $named $node 'NullConditional')) { "null-conditional: $text" }
        if ($true -eq (& $named $node 'Background')) { "background: $text" }
        if (& $named $node 'CleanBlock') { "clean block: $text" }
        if ($type -eq 'VariableExpressionAst' -and $variables -contains $node.VariablePath.UserPath) { "variable: $text" }
        if ($type -eq 'CommandParameterAst' -and $parameters -contains $node.ParameterName) { "parameter: $text" }
        if ($type -eq 'StringConstantExpressionAst' -and $node.Value -eq ('utf8' + 'NoBOM')) { "encoding: $text" }
        if ($type -eq 'CommandAst') {
            $name = $node.GetCommandName()
            if ($commands -contains $name) { "command: $text" }
            $plain = @($node.CommandElements | Where-Object { $_ -isnot [Management.Automation.Language.CommandParameterAst] })
            if ($name -eq 'Join-Path' -and $plain.Count -gt 3) { "Join-Path with three parts: $text" }
        }
    }
    foreach ($token in $tokens) {
        if ($token.Kind -eq 'Number' -and $token.Text -match '^0b|\d(u|y|s|n|uy|us|ul)$') { "number: $($token.Text)" }
        if ("$($token.Kind)" -like '*StringExpandable' -and $token.Text -match '(^|[^`])(``)*`(u\{|e)') { "escape: $($token.Text)" }
    }
}

# What compares or searches by the culture of the person who runs it: under some, I is not the capital of i.
function Get-CultureSensitive {
    param([string]$Path)

    $ast = [Management.Automation.Language.Parser]::ParseFile($Path, [ref]$null, [ref]$null)
    $operators = '^[IC](Match|NotMatch|Like|NotLike|Replace|Split)$'
    $comparing = 'StartsWith', 'EndsWith', 'IndexOf', 'LastIndexOf'
    foreach ($node in $ast.FindAll({ $true }, $true)) {
        $type = $node.GetType().Name
        $text = $node.Extent.Text
        if ($type -eq 'BinaryExpressionAst' -and "$($node.Operator)" -match $operators) { "operator: $text" }
        if ($type -eq 'UnaryExpressionAst' -and "$($node.TokenKind)" -match $operators) { "operator: $text" }
        if ($type -eq 'SwitchStatementAst' -and "$($node.Flags)" -match 'Regex|Wildcard') { "switch: $text" }
        if ($type -eq 'InvokeMemberExpressionAst') {
            $member = "$($node.Member)"
            $arguments = @($node.Arguments | ForEach-Object { if ($_) { $_.Extent.Text } })
            if ($member -in 'ToLower', 'ToUpper', 'CompareTo' -or ($member -eq 'Compare' -and $node.Static)) { "method: $text" }
            if ($member -in $comparing -and "$arguments" -notmatch 'Ordinal|\[char\]') { "method: $text" }
            if ("$($node.Expression)" -eq '[regex]' -and $member -ne 'Escape' -and "$arguments" -notmatch 'CultureInvariant') { "pattern: $text" }
        }
        if ($type -eq 'ConvertExpressionAst' -and "$($node.Type)" -eq '[regex]') { "pattern: $text" }
        if ($type -eq 'MemberExpressionAst' -and "$($node.Member)" -like 'CurrentCulture*') { "member: $text" }
        if ($type -eq 'CommandAst' -and ($node.GetCommandName() -eq 'Select-String' -or $text -match '^New-Object\s+\S*regex')) { "command: $text" }
        if ($type -eq 'CommandParameterAst' -and $node.ParameterName -match '^[ic]?(not)?(match|like)$') { "parameter: $text" }
    }
}

function Get-CultureSensitiveSharp {
    param([string]$Text)

    $found = [regex]::Matches($Text, '\.(ToLower|ToUpper)\(|\.CompareTo\(|CurrentCulture|\.(StartsWith|EndsWith|IndexOf|LastIndexOf|Compare|IsMatch|Match|Matches|Replace)\([^;]*|new Regex\([^;]*')
    foreach ($match in $found) {
        $isCharacter = [regex]::IsMatch($match.Value, "(IndexOf|Replace)\('|Array|, \(byte\)")
        if (-not $isCharacter -and $match.Value -notmatch 'Ordinal|CultureInvariant') { $match.Value }
    }
}

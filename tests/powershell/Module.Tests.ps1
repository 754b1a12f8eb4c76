BeforeAll {
    . (Join-Path $PSScriptRoot 'TestHelpers.ps1')
    Import-Module $Manifest -Force
}

Describe 'The manifest' {
    It 'is valid and says what a gallery wants' {
        $found = Test-ModuleManifest $Manifest
        $found.Version | Should -Be '0.1.0'
        $found.PowerShellVersion | Should -Be '5.1'
        $found.Author | Should -Be 'The graph-devices authors'
        $found.Description | Should -Not -BeNullOrEmpty
        $data = Import-PowerShellDataFile $Manifest
        $data.CompatiblePSEditions | Should -Be @('Desktop', 'Core')
        foreach ($key in 'Tags', 'LicenseUri', 'ProjectUri') {
            $data.PrivateData.PSData[$key] | Should -Not -BeNullOrEmpty
        }
    }

    It 'exports exactly what it names, and all of that exists' {
        $data = Import-PowerShellDataFile $Manifest
        $module = Get-Module GraphDevices
        @($module.ExportedFunctions.Keys) | Should -Be @($data.FunctionsToExport)
        @($module.ExportedAliases.Keys) | Should -Be @($data.AliasesToExport)
        $module.ExportedCmdlets.Count | Should -Be 0
        $module.ExportedVariables.Count | Should -Be 0
        foreach ($name in $data.FunctionsToExport) { (Get-Command $name).Source | Should -Be 'GraphDevices' }
    }

    It 'has an alias with Retire in it' {
        (Get-Alias Invoke-GraphUserDeviceRetire).ResolvedCommand.Name | Should -Be 'Remove-GraphAllUserDevice'
    }
}

Describe 'Import' {
    It 'works again and again, with -Force and after Remove-Module' {
        { Import-Module $Manifest -Force; Import-Module $Manifest -Force } | Should -Not -Throw
        Remove-Module GraphDevices
        Get-Command Remove-GraphAllUserDevice -ErrorAction Ignore | Should -BeNullOrEmpty
        Import-Module $Manifest
        Get-Command Remove-GraphAllUserDevice | Should -Not -BeNullOrEmpty
    }

    It 'leaves the strict mode and the preferences of the session alone' {
        Set-StrictMode -Off
        Import-Module $Manifest -Force
        { $null = $notSetAnywhere.Name } | Should -Not -Throw
    }

    It 'names the platforms that are not built' {
        $copy = Copy-TestModule $TestDrive
        Remove-Item -LiteralPath $copy.Native -Recurse
        { Import-Module $copy.Manifest -ErrorAction Stop } |
            Should -Throw -ExpectedMessage '*no native library for *, the platform of this process (built: none; not built: win-x64, win-arm64, win-x86, linux-x64, linux-arm64, linux-musl-x64, linux-musl-arm64, osx-arm64, osx-x64)*'
    }

    It 'says which file is missing' {
        $copy = Copy-TestModule $TestDrive
        Remove-Item -LiteralPath $copy.Library
        { Import-Module $copy.Manifest -ErrorAction Stop } | Should -Throw -ExpectedMessage "*is missing: '$($copy.Library)'*"
        $copy = Copy-TestModule $TestDrive
        Remove-Item -LiteralPath (Join-Path $copy.Native 'GraphDevices.dll')
        { Import-Module $copy.Manifest -ErrorAction Stop } | Should -Throw -ExpectedMessage '*is missing: *GraphDevices.dll*'
    }

    It 'says that a library is built for <Platform>' -ForEach @(
        @{ Platform = 'linux-arm64'; Header = '7F454C46'; At = 18; Machine = 'B700' }
        @{ Platform = 'linux-cpu243'; Header = '7F454C46'; At = 18; Machine = 'F300' }
        @{ Platform = 'win-x86'; Header = '4D5A'; At = 128; Machine = '504500004C01' }
        @{ Platform = 'win-arm64'; Header = '4D5A'; At = 128; Machine = '5045000064AA' }
        @{ Platform = 'osx-arm64'; Header = 'CFFAEDFE'; At = 4; Machine = '0C000001' }
        @{ Platform = 'osx-x64, osx-arm64'; Header = 'CAFEBABE00000002'; At = 8; Machine = '0100000700000000000000000000000000000000' + '0100000C' }
    ) {
        $copy = Copy-TestModule $TestDrive
        $bytes = New-Object byte[] 4096
        $bytes[60] = 128
        $put = { param($Hex, $Where) for ($i = 0; $i -lt $Hex.Length; $i += 2) { $bytes[$Where + $i / 2] = [Convert]::ToByte($Hex.Substring($i, 2), 16) } }
        & $put $Header 0
        & $put $Machine $At
        [IO.File]::WriteAllBytes($copy.Library, $bytes)
        { Import-Module $copy.Manifest -ErrorAction Stop } | Should -Throw -ExpectedMessage "*is built for $Platform, but this process is *"
    }

    It 'says that a file is no library' {
        $copy = Copy-TestModule $TestDrive
        [IO.File]::WriteAllText($copy.Library, ('version https://git-lfs.github.com/spec/v1' * 4))
        { Import-Module $copy.Manifest -ErrorAction Stop } | Should -Throw -ExpectedMessage '*is no native library: it is damaged*'
    }

    It 'says that a file is blocked, and how to unblock it' {
        $copy = Copy-TestModule $TestDrive
        # Only Windows has the mark, and only a file system with streams keeps it.
        $isMarked = $false
        if ([Environment]::OSVersion.Platform -eq [PlatformID]::Win32NT) {
            try { Set-Content -LiteralPath $copy.Library -Stream Zone.Identifier -Value "[ZoneTransfer]`r`nZoneId=3"; $isMarked = $true } catch { $isMarked = $false }
        }
        if ($isMarked) {
            { Import-Module $copy.Manifest -ErrorAction Stop } | Should -Throw -ExpectedMessage '*Unblock-File*'
        }
        else {
            InModuleScope GraphDevices -Parameters @{ Path = $copy.Library } { param($Path) Get-BlockedText -Path $Path } |
                Should -BeLike "*has blocked '*'*Unblock-File*"
        }
    }

    It 'says that another copy is loaded' {
        $copy = Copy-TestModule $TestDrive
        { Import-Module $copy.Manifest -ErrorAction Stop } | Should -Throw -ExpectedMessage "*already loaded in this session, from '$ModuleFolder*start a new session*"
    }

    It 'says that library and module are of different versions' {
        $copy = Copy-TestModule $TestDrive
        [IO.File]::WriteAllText($copy.Manifest, [IO.File]::ReadAllText($copy.Manifest).Replace("'0.1.0'", "'0.2.0'"))
        $ran = Invoke-TestProcess -Folder $TestDrive -Script "try { Import-Module '$($copy.Manifest)' -ErrorAction Stop } catch { `"caught: `$_`" }" -NoModule
        $ran.Text | Should -BeLike '*caught: The native library*is version 0.1.0, but the module is version 0.2.0*'
    }

    It 'says in one sentence that Constrained Language forbids it' {
        $state = [Management.Automation.Runspaces.InitialSessionState]::CreateDefault2()
        $state.LanguageMode = 'ConstrainedLanguage'
        $space = [runspacefactory]::CreateRunspace($state)
        $space.Open()
        try {
            $shell = [powershell]::Create()
            $shell.Runspace = $space
            $null = $shell.AddCommand('Import-Module').AddParameter('Name', $Manifest)
            $caught = @()
            try { $null = $shell.Invoke() } catch { $caught += "$($_.Exception.InnerException.Message)" }
            $caught += @($shell.Streams.Error | ForEach-Object { "$_" })
            $shell.Dispose()
            $caught.Count | Should -Be 1 -Because ($caught -join "`n")
            $caught[0] | Should -BeLike 'GraphDevices cannot run in the language mode ConstrainedLanguage*WDAC or AppLocker*Nothing was loaded.'
        }
        finally { $space.Dispose() }
    }

    It 'works from a folder with blanks and letters of all kinds in its name' {
        $copy = Copy-TestModule $TestDrive
        $odd = Join-Path $TestDrive ('my modules ' + [char]0xE6 + [char]0x7A7A)
        Move-Item -LiteralPath $copy.Root -Destination $odd
        $ran = Invoke-TestProcess -Folder $TestDrive -Script "Import-Module (Join-Path (Get-ChildItem '$TestDrive' -Filter 'my modules*').FullName GraphDevices.psd1) -ErrorAction Stop; (Get-Command Remove-GraphAllUserDevice).Source" -NoModule
        $ran.Text.Trim() | Should -Be 'GraphDevices'
    }
}

Describe 'The scripts' {
    It 'are pure ASCII' {
        foreach ($file in Get-ScriptFile) {
            $bytes = [IO.File]::ReadAllBytes($file)
            @($bytes | Where-Object { $_ -gt 126 -or ($_ -lt 32 -and $_ -notin 9, 10, 13) }) | Should -BeNullOrEmpty -Because $file
        }
    }

    It 'use nothing newer than Windows PowerShell 5.1' {
        foreach ($file in Get-ScriptFile | Where-Object { $_ -match '\.ps(m|d)?1$' }) {
            @(Get-NewSyntax -Path $file) | Should -BeNullOrEmpty -Because $file
        }
    }

    It 'would be caught if they did: <_>' -ForEach @(
        '$true ? 1 : 2', 'Get-Item a && Get-Item b', '$a ?? 1', '$a ??= 1', '${a}?.Name', '${a}?[0]', 'Get-Item a &',
        'function f { clean { } }', '1uy', '0b11', '"`u{41}"', '"`e[0m"', '$IsWindows', '$PSStyle', 'ForEach-Object -Parallel { }',
        'ConvertFrom-Json -AsHashtable', 'Set-Content -Encoding utf8NoBOM', 'Join-Path a b c', 'Test-Json', 'Get-Error'
    ) {
        $file = Join-Path $TestDrive 'new.ps1'
        [IO.File]::WriteAllText($file, $_)
        @(Get-NewSyntax -Path $file).Count | Should -BeGreaterThan 0
    }
}

Describe 'The help' {
    BeforeAll {
        $Common = [Management.Automation.PSCmdlet]::CommonParameters + [Management.Automation.PSCmdlet]::OptionalCommonParameters
    }

    It 'of <_> has a text for every parameter, and for no other' -ForEach @('Get-GraphUserDeviceRemovalStatus', 'Get-GraphUserManagedDevice', 'New-GraphUserDeviceRemovalPlan', 'Remove-GraphAllUserDevice') {
        $command = Get-Command $_
        $help = Get-Help $_ -Full
        $own = @($command.Parameters.Keys | Where-Object { $_ -notin $Common })
        foreach ($name in $own) {
            $entry = @($help.parameters.parameter | Where-Object { $_.name -eq $name })
            "$($entry[0].description.Text)".Trim() | Should -Not -BeNullOrEmpty -Because $name
        }
        $named = [regex]::Matches([IO.File]::ReadAllText($command.ScriptBlock.File), '(?m)^\s*\.PARAMETER\s+(\S+)')
        $named.Count | Should -BeGreaterThan 0
        foreach ($match in $named) { $own | Should -Contain $match.Groups[1].Value }
        $help.Synopsis | Should -Not -BeNullOrEmpty
        "$($help.description.Text)" | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterThan 0
    }

    It 'says that it cannot be undone, and has examples for Az, MSAL.PS and Microsoft.Graph' {
        $help = Get-Help Remove-GraphAllUserDevice -Full
        "$($help.description.Text)" | Should -Match 'cannot be undone'
        $examples = @($help.examples.example | ForEach-Object { $_.code + "$($_.remarks.Text)" }) -join "`n"
        foreach ($word in 'Get-AzAccessToken', 'Get-MsalToken', 'Connect-MgGraph', 'Import-Csv', '-WhatIf', '-Resume', '-PlanPath') { $examples | Should -Match $word }
    }

    It 'has topics about the module' {
        "$(Get-Help about_GraphDevices)" | Should -Match 'accepted is not\s+yet retired'
        "$(Get-Help about_GraphDevices_ManyUsers)" | Should -Match '-Resume'
        "$(Get-Help about_GraphDevices_Tokens)" | Should -Match 'azure-cli/issues/20572'
    }

    It 'has no line that is wider than a console' {
        foreach ($file in Get-ChildItem -LiteralPath (Join-Path $ModuleFolder 'en-US')) {
            @([IO.File]::ReadAllLines($file.FullName) | Where-Object { $_.Length -gt 100 -and $_ -notmatch 'https?:|\$token = ' -and -not $_.Contains('Invoke-MgGraphRequest') }) | Should -BeNullOrEmpty -Because $file.Name
        }
    }
}

Describe 'The scripts of the module' {
    # Rules of PSScriptAnalyzer with the severity Error that a parser can see.
    It 'make no SecureString of a plain text, and have no parameter pair of user name and password' {
        foreach ($file in Get-ChildItem -LiteralPath $ModuleFolder -Recurse | Where-Object { $_.Name -match '\.ps(m|d)?1$' }) {
            $ast = [Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref]$null, [ref]$null)
            @($ast.FindAll({ param($node) $node -is [Management.Automation.Language.CommandAst] -and $node.GetCommandName() -eq 'ConvertTo-SecureString' }, $true)) | Should -BeNullOrEmpty -Because $file.Name
            @($ast.FindAll({ param($node) $node -is [Management.Automation.Language.ParameterAst] -and $node.Name.VariablePath.UserPath -match 'password|username|computername' }, $true)) | Should -BeNullOrEmpty -Because $file.Name
        }
    }
}

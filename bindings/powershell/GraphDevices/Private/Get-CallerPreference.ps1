# A function of a module sees only the global preferences. Those of the caller count: the -WhatIf of a wrapper must not become a
# real retire.

# Name and value of each preference to set in the command; WhatIfPreference comes last, since it changes what Set-Variable does.
function Get-CallerPreference {
    param([object]$Cmdlet, [Collections.IDictionary]$Bound)

    $found = [ordered]@{}
    foreach ($pair in @(
            @('Confirm', 'ConfirmPreference'), @('ErrorAction', 'ErrorActionPreference'),
            @('Verbose', 'VerbosePreference'), @('WarningAction', 'WarningPreference'),
            @('ProgressAction', 'ProgressPreference'))) {
        $value = $Cmdlet.GetVariableValue($pair[1])
        if ($Bound.ContainsKey($pair[0]) -or $null -eq $value) { continue }
        # Windows PowerShell takes Ignore from a parameter alone.
        if ("$value" -eq 'Ignore') { $value = 'SilentlyContinue' }
        $found[$pair[1]] = $value
    }
    if (-not $Bound.ContainsKey('WhatIf') -and $Cmdlet.GetVariableValue('WhatIfPreference')) {
        $found['WhatIfPreference'] = $true
    }
    $found
}

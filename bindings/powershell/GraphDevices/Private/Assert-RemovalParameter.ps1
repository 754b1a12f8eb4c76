# What a command was given, checked before a token is asked for and anything is read.

# Parameters that exclude or need each other.
function Assert-RemovalParameter {
    param([Collections.IDictionary]$Parameter)

    $has = { param($Name) $Parameter.ContainsKey($Name) -and $Parameter[$Name] }
    if ((& $has 'Resume') -and -not (& $has 'JournalPath')) {
        throw (New-ParameterError -Id 'ResumeWithoutJournal' -Text '-Resume needs the journal of the run: give it with -JournalPath.')
    }
    if ((& $has 'ApprovalCode') -and (& $has 'Resume')) {
        throw (New-ParameterError -Id 'ParameterConflict' -Text '-ApprovalCode and -Resume exclude each other: a resumed run sends approved requests with the codes of its journal.')
    }
    if (& $has 'SkipDeviceRead') {
        foreach ($name in 'PlanPath', 'AcceptWarning', 'MaxDevicesPerUser') {
            if ($Parameter.ContainsKey($name)) {
                throw (New-ParameterError -Id 'ParameterConflict' -Text "-SkipDeviceRead and -$name exclude each other: without devices there is nothing to compare.")
            }
        }
    }
}

# Asked before the question; the library asks again when it opens the file.
function Assert-JournalFile {
    param([AllowNull()][string]$Path, [switch]$IsResumed)

    if (-not $Path) { return }
    $exists = (Test-Path -LiteralPath $Path -PathType Leaf) -and (Get-Item -LiteralPath $Path -Force).Length -gt 0
    if ($exists -and -not $IsResumed) {
        throw (New-ParameterError -Id 'JournalExists' -Text "The journal '$Path' exists. To go on with its run, give the same users and options again with -Resume; for another run, name another file.")
    }
    if (-not $exists -and $IsResumed) {
        throw (New-ParameterError -Id 'JournalMissing' -Text "There is no journal '$Path' to resume. For a new run, leave out -Resume.")
    }
}

# Without reads nothing shows that a name and an object id are the same user's.
function Assert-PairIsRead {
    param([AllowEmptyCollection()][object[]]$Pair, [switch]$IsSkipped)

    if ($IsSkipped -and $Pair.Count -gt 0) {
        throw (New-InputError -Row $Pair[0].Row -Why "it has a name ($($Pair[0].Name.Value)) and an object id ($($Pair[0].Id.Value)), which -SkipDeviceRead cannot compare: pipe one of the two columns alone")
    }
}

# The exclusions as ids and names: of a row that has both, both.
function Get-ExcludedUser {
    param([AllowNull()][AllowEmptyCollection()][object[]]$Given, [AllowNull()][AllowEmptyCollection()][string[]]$UserColumn)

    $row = 0
    foreach ($one in $Given) {
        $row++
        try { $user = Resolve-UserId -InputObject $one -Row $row -UserColumn $UserColumn }
        catch { throw (New-ParameterError -Id 'ExclusionNotNamed' -Text "-Exclude: $($_.Exception.Message.Replace(' Nothing was sent.', ''))") }
        $user.User
        if ($user.Name) { $user.Name.Value }
    }
}

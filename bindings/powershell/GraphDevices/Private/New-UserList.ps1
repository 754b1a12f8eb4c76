# The users that a command was given, read and checked before anything is sent.

function New-UserList {
    param([string[]]$UserColumn = @())

    @{
        Users    = New-Object Collections.Generic.List[string]
        Pairs    = New-Object Collections.Generic.List[object]
        Problems = New-Object Collections.Generic.List[object]
        Seen     = New-Object 'Collections.Generic.HashSet[string]' ([StringComparer]::OrdinalIgnoreCase)
        Row      = 0
        Bad      = 0
        Column   = $UserColumn
    }
}

# Adds one argument or one object of the pipeline; an array is taken apart. A bad row is kept for Assert-UserList.
function Add-GivenUser {
    param([hashtable]$List, [AllowNull()][object]$Given)

    if ($null -eq $Given -or $Given -is [string] -or $Given -isnot [Collections.IList]) { $Given = , $Given }
    foreach ($one in $Given) {
        $List.Row++
        try { $user = Resolve-UserId -InputObject $one -Row $List.Row -UserColumn $List.Column }
        catch {
            $List.Bad++
            if ($List.Problems.Count -lt 10) { $List.Problems.Add($_) }
            continue
        }
        if ($List.Seen.Add($user.User)) { $List.Users.Add($user.User) }
        if ($user.Name -and $List.Seen.Add("$($user.Name.Value) $($user.User)")) { $List.Pairs.Add($user) }
    }
}

# Throws where a row names no user: one error, which shows up to ten rows.
function Assert-UserList {
    param([hashtable]$List)

    if ($List.Bad -eq 0) { return }
    $first = $List.Problems[0]
    if ($List.Bad -eq 1) { throw $first }
    $rows = @($List.Problems | ForEach-Object { $_.Exception.Message.Replace(' Nothing was sent.', '') })
    if ($List.Bad -gt $rows.Count) { $rows += "And $($List.Bad - $rows.Count) more." }
    $text = "$($rows -join ' ') Nothing was sent."
    $record = New-Object Management.Automation.ErrorRecord (New-Object ArgumentException $text), $first.FullyQualifiedErrorId, InvalidData, "$($List.Bad) rows"
    throw $record
}

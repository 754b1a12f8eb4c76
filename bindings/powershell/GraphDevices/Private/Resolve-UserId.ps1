# What came in, by argument or pipeline, to the id of one user. Nothing is guessed: a row that does not say which user it
# means is refused by number. What decides here is compared in the same way under every culture: some have an i of their own.

# The user to send, and the name that must be the same person's where the row holds an object id and a name.
function Resolve-UserId {
    param([AllowNull()][object]$InputObject, [int]$Row, [AllowNull()][AllowEmptyCollection()][string[]]$UserColumn)

    if ($null -eq $InputObject) {
        throw (New-InputError -Row $Row -Why 'it is empty')
    }
    if ($InputObject -is [string] -or $InputObject -is [guid]) {
        $text = "$InputObject".Trim()
        if ($text -eq '') {
            throw (New-InputError -Row $Row -Why 'it is empty')
        }
        Assert-NoNul -Text $text -Row $Row
        if ($text.StartsWith('@{', [StringComparison]::Ordinal)) {
            throw (New-InputError -Row $Row -Why 'an object was given as text: pipe objects instead of passing them to -UserId')
        }
        Assert-UserId -Text $text -Row $Row
        return [pscustomobject]@{ User = $text; Row = $Row; Id = $null; Name = $null }
    }

    $columns = @(Get-Column -InputObject $InputObject)
    $names = @($columns | ForEach-Object { $_.Name })
    $marks = @($columns | Where-Object { $_.Plain -in 'DeviceName', 'SerialNumber', 'DeviceId' } | ForEach-Object { $_.Name })
    if ($marks.Count -gt 0) {
        throw (New-InputError -Row $Row -Id 'DeviceGiven' -Why "it is a device ($($marks -join ', ')), and this command would retire every other device of its owner too. To mean the owner, pipe the user alone: Select-Object with the one column that names the user")
    }
    if (@($columns | Where-Object { $_.Plain -eq 'GroupTypes' }).Count -gt 0) {
        throw (New-InputError -Row $Row -Id 'GroupGiven' -Why 'it is a group (GroupTypes): pipe its members instead')
    }

    $found = @(Get-IdCell -Column $columns -UserColumn $UserColumn)
    foreach ($cell in $found) {
        Assert-NoNul -Text $cell.Value -Row $Row
        Assert-UserId -Text $cell.Value -Row $Row
        foreach ($other in $found) {
            if ($cell.IsGuid -eq $other.IsGuid -and -not (Test-SameText $cell.Value $other.Value)) {
                throw (New-InputError -Row $Row -Why "its columns name different users: $($cell.Name) is '$($cell.Value)', $($other.Name) is '$($other.Value)'")
            }
        }
    }
    if ($found.Count -gt 0) {
        $id = $found | Where-Object { $_.IsGuid } | Select-Object -First 1
        $name = $found | Where-Object { -not $_.IsGuid } | Select-Object -First 1
        if ($id -and $name) { return [pscustomobject]@{ User = $id.Value; Row = $Row; Id = $id; Name = $name } }
        return [pscustomobject]@{ User = $found[0].Value; Row = $Row; Id = $null; Name = $null }
    }
    throw (New-InputError -Row $Row -Why (Get-MissingIdText -InputObject $InputObject -Name $names -UserColumn $UserColumn))
}

# C would not see past it.
function Assert-NoNul {
    param([string]$Text, [int]$Row)

    if ($Text.IndexOf([char]0) -ge 0) {
        throw (New-InputError -Row $Row -Why 'it holds NUL characters, as text of a UTF-16 file does that was read in another encoding: read it with -Encoding Unicode')
    }
}

# The library's own rule, asked before anything is sent: a text that is no user id refuses the whole list.
function Assert-UserId {
    param([string]$Text, [int]$Row)

    try {
        [GraphDevices.Library]::CheckUserId($Text)
    }
    catch {
        throw (New-InputError -Row $Row -Why (Get-InnermostMessage $_.Exception))
    }
}

function Test-SameText {
    param([string]$One, [string]$Other)

    [string]::Equals($One, $Other, [StringComparison]::OrdinalIgnoreCase)
}

# The letters of a column's name, so that "Device name", DEVICE_NAME and a name behind a byte order mark are one. Databases in
# Turkey write the capital of i with a dot.
function Get-PlainName {
    param([string]$Name)

    [regex]::Replace($Name.Replace([char]0x130, 'I').Replace([char]0x131, 'i'), '[^A-Za-z]', '', 'CultureInvariant')
}

# Names (blanks around them cut) and getters of an object's properties or of a dictionary's keys.
function Get-Column {
    param([object]$InputObject)

    if ($InputObject -is [Collections.IDictionary]) {
        foreach ($key in $InputObject.Keys) {
            [pscustomobject]@{ Name = "$key".Trim(); Plain = Get-PlainName "$key"; Source = $InputObject; Key = $key }
        }
        return
    }
    foreach ($property in $InputObject.PSObject.Properties) {
        [pscustomobject]@{ Name = $property.Name.Trim(); Plain = Get-PlainName $property.Name; Source = $property; Key = $null }
    }
}

# The cells that name a user: of the columns that the caller names, or of the known ones. An Id counts only where it is a GUID:
# many things have an Id.
function Get-IdCell {
    param([object[]]$Column, [AllowNull()][AllowEmptyCollection()][string[]]$UserColumn)

    $wanted = if ($UserColumn) { $UserColumn } else { 'UserId', 'Id', 'UserPrincipalName' }
    foreach ($name in $wanted) {
        foreach ($one in $Column) {
            $isSame = if ($UserColumn) { Test-SameText $one.Name $name.Trim() } else { $one.Plain -eq $name }
            if (-not $isSame) { continue }
            $value = if ($one.Source -is [Collections.IDictionary]) { $one.Source[$one.Key] } else { $one.Source.Value }
            $text = "$value".Trim()
            $isGuid = [regex]::IsMatch($text, '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z', 'IgnoreCase, CultureInvariant')
            if ($text -eq '' -or ($name -eq 'Id' -and -not $UserColumn -and -not $isGuid)) { continue }
            [pscustomobject]@{ Name = $one.Name; Value = $text; IsGuid = $isGuid }
        }
    }
}

function Get-MissingIdText {
    param([object]$InputObject, [string[]]$Name, [AllowNull()][AllowEmptyCollection()][string[]]$UserColumn)

    $wanted = if ($UserColumn) { $UserColumn -join ' or ' } else { 'UserId, Id (a GUID) or UserPrincipalName' }
    if ($Name.Count -eq 0 -or $InputObject -is [ValueType]) {
        return "a $($InputObject.GetType().Name) names no user; expected a text or an object with $wanted"
    }
    $columns = @($Name | Select-Object -First 12) -join ', '
    if ($Name.Count -gt 12) { $columns += ', ...' }
    if ($Name[0].StartsWith('version:', [StringComparison]::OrdinalIgnoreCase)) {
        return "the first line of the file is the version of a template ('$($Name[0])'), not its columns: Get-Content FILE | Select-Object -Skip 1 | ConvertFrom-Csv"
    }
    if ($Name.Count -eq 1) {
        $delimiter = [regex]::Match($Name[0], '[;\t|]', 'CultureInvariant').Value
        if ($delimiter) {
            $shown = if ($delimiter -eq "`t") { '"`t"' } else { "'$delimiter'" }
            return "it has the one column '$($Name[0])': the file has another delimiter, so read it with Import-Csv -Delimiter $shown"
        }
    }
    $hint = if ($UserColumn) { '' } else { '. Where another column names the user, give it with -UserColumn' }
    "nothing in it names a user; expected a filled column $wanted, found: $columns$hint"
}

function New-InputError {
    param([int]$Row, [string]$Why, [string]$Id = 'UserNotNamed')

    $exception = New-Object ArgumentException "Row ${Row}: $Why. Nothing was sent."
    New-Object Management.Automation.ErrorRecord $exception, $Id, InvalidData, "row $Row"
}

# A row that holds an object id and a name can mean two people: a column that slipped by a row does that to a whole file. The
# name is read, and must lead to the object id, before anybody is asked or anything is sent.

function Assert-SamePerson {
    param([object]$Client, [AllowEmptyCollection()][object[]]$Pair)

    if ($Pair.Count -eq 0) { return }
    $instead = 'Give the token User.Read.All and DeviceManagementManagedDevices.Read.All, or pipe one of the two columns alone'
    $read = Read-ObjectId -Client $Client -Name @($Pair | ForEach-Object { $_.Name.Value })
    if ($read.Summary.EndedBy) {
        $text = "Row $($Pair[0].Row): whether its name and its object id are one person's could not be read: $($read.Summary.Message). $instead. Nothing was sent."
        throw (New-StatusError -Status $read.Summary.EndedBy -Text $text -Cause (New-Object InvalidOperationException $text) -Target $Pair[0].Id.Value)
    }
    foreach ($one in $Pair) {
        $columns = "$($one.Name.Name) is '$($one.Name.Value)', $($one.Id.Name) is '$($one.Id.Value)'"
        $news = if ($read.Rows.ContainsKey($one.Name.Value)) { $read.Rows[$one.Name.Value] }
        if ($null -ne $news -and $news.Id) {
            if (Test-SameText $news.Id $one.Id.Value) { continue }
            throw (New-InputError -Row $one.Row -Why "its columns name different users: $columns, but the name belongs to '$($news.Id)'")
        }
        $reason = if ($null -ne $news) { $news.Result.Message }
        if (-not $reason) { $reason = 'it came back under no id' }
        throw (New-InputError -Row $one.Row -Why "its columns can name different users: $columns, and the name could not be read: $reason. $instead")
    }
}

# The rows of a preview of these names: it reads who they are and sends nothing.
function Read-ObjectId {
    param([object]$Client, [string[]]$Name)

    $rows = New-Object 'Collections.Generic.Dictionary[string,object]' ([StringComparer]::OrdinalIgnoreCase)
    $options = New-Object GraphDevices.RunOptions
    $options.Preview = $true
    $run = $Client.StartRun($options)
    try {
        $next = 0
        while ($true) {
            $news = $run.Next(200)
            if ($news.Kind -eq 'need_users') {
                if ($next -lt $Name.Count) { $run.AddUser($Name[$next]); $next++ } else { $run.EndUsers() }
            }
            elseif ($news.Kind -eq 'result') {
                $rows[$news.Result.UserId] = $news
            }
            elseif ($news.Kind -eq 'notice') {
                Write-Verbose $news.Text
            }
            elseif ($news.Kind -eq 'done') {
                return @{ Rows = $rows; Summary = $news }
            }
        }
    }
    finally {
        $run.Dispose()
    }
}

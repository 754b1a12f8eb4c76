# A row that holds an object id and a name can mean two people: a column that slipped by a row does that to a whole file. The
# name is read, and must lead to the object id, before the question is asked or anything is sent.

function Assert-SamePerson {
    param([object]$Cmdlet, [object]$Client, [AllowEmptyCollection()][object[]]$Pair)

    if ($Pair.Count -eq 0) { return }
    $instead = 'Give the token User.Read.All and DeviceManagementManagedDevices.Read.All, or pipe one of the two columns alone'
    $names = @($Pair | ForEach-Object { $_.Name.Value })
    $state = New-RunState -Total $names.Count
    $rows = New-Object 'Collections.Generic.Dictionary[string,object]' ([StringComparer]::OrdinalIgnoreCase)
    $run = $Client.StartRun((New-RunOption -Parameter @{} -Preview))
    foreach ($news in @(Invoke-GraphRun -Cmdlet $Cmdlet -Run $run -State $state -Users $names -Activity 'Reading users' -Patience 5 -Convert { param($News) if ($News.Kind -eq 'result') { $News } })) {
        $rows[$news.Result.UserId] = $news
    }
    if ($state.Summary.EndedBy) {
        $text = "Row $($Pair[0].Row): whether its name and its object id are one person's could not be read: $($state.Summary.Message). $instead. Nothing was sent."
        throw (New-StatusError -Status $state.Summary.EndedBy -Text $text -Cause (New-Object InvalidOperationException $text) -Target $Pair[0].Id.Value)
    }
    foreach ($one in $Pair) {
        $columns = "$($one.Name.Name) is '$($one.Name.Value)', $($one.Id.Name) is '$($one.Id.Value)'"
        $news = if ($rows.ContainsKey($one.Name.Value)) { $rows[$one.Name.Value] }
        if ($null -ne $news -and $news.Id) {
            if (Test-SameText $news.Id $one.Id.Value) { continue }
            throw (New-InputError -Row $one.Row -Why "its columns name different users: $columns, but the name belongs to '$($news.Id)'")
        }
        $reason = if ($null -ne $news) { $news.Result.Message }
        if (-not $reason) { $reason = 'it came back under no id' }
        throw (New-InputError -Row $one.Row -Why "its columns can name different users: $columns, and the name could not be read: $reason. $instead")
    }
}

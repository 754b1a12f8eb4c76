# The module's objects from the library's: flat, so that Export-Csv and ConvertTo-Json show all of them.

# The result of one user. All properties of the library's result come first.
function ConvertTo-RemovalResult {
    param([object]$News, [string]$JournalPath)

    $result = [ordered]@{ PSTypeName = 'GraphDevices.RemovalResult' }
    foreach ($property in $News.Result.PSObject.Properties) { $result[$property.Name] = $property.Value }
    $devices = @(if ($null -ne $News.Devices) { $News.Devices.Devices })
    $result['Id'] = $News.Id
    $result['DeviceCount'] = if ($null -ne $News.Devices) { $devices.Count }
    $result['WarningCode'] = Get-WarningText -List $News.Devices
    $result['Device'] = if ($devices.Count -gt 0) { @($devices | ForEach-Object { Get-DeviceText -Device $_ }) -join ', ' }
    $result['JournalPath'] = if ($JournalPath) { $JournalPath }
    [pscustomobject]$result
}

# A device as Get-GraphUserManagedDevice returns it.
function ConvertTo-ManagedDevice {
    param([object]$Device, [string]$RequestedUserId)

    $result = [ordered]@{ PSTypeName = 'GraphDevices.ManagedDevice' }
    foreach ($property in $Device.PSObject.Properties) {
        if ($property.Name -ne 'Warnings') { $result[$property.Name] = $property.Value }
    }
    $codes = @($Device.Warnings | ForEach-Object { $_.Code })
    $result['WarningCode'] = if ($codes.Count -gt 0) { $codes -join ', ' }
    $result['RequestedUserId'] = $RequestedUserId
    [pscustomobject]$result
}

# The devices of one user as Get-GraphUserDeviceRemovalStatus returns them; one object without a device where none was recorded.
function ConvertTo-RemovalStatus {
    param([object]$Verified, [string]$JournalPath)

    $devices = @($Verified.Devices)
    if ($devices.Count -eq 0) { $devices = @($null) }
    foreach ($device in $devices) {
        $result = [ordered]@{ PSTypeName = 'GraphDevices.RemovalStatus'; UserId = $Verified.UserId }
        $result['DeviceName'] = if ($device) { $device.Name }
        $result['Verdict'] = if ($device) { $device.Verdict } else { $Verified.Verdict }
        $result['State'] = if ($device) { $device.State }
        $result['Since'] = if ($device) { $device.Since }
        $result['Detail'] = if ($device) { $device.Detail }
        $result['DeviceId'] = if ($device) { $device.Id }
        $result['Id'] = $Verified.Id
        $result['JournalPath'] = $JournalPath
        [pscustomobject]$result
    }
}

# The names of all warnings of a user and of the user's devices, each once.
function Get-WarningText {
    param([AllowNull()][object]$List)

    if ($null -eq $List) { return }
    $codes = New-Object Collections.Generic.List[string]
    foreach ($warning in @($List.Devices | ForEach-Object { $_.Warnings }) + @($List.Warnings)) {
        if ($warning -and -not $codes.Contains($warning.Code)) { $codes.Add($warning.Code) }
    }
    if ($codes.Count -gt 0) { $codes -join ', ' }
}

function Get-DeviceText {
    param([object]$Device)

    $name = if ($Device.Name) { $Device.Name } else { $Device.Id }
    $facts = @(@($Device.OperatingSystem, $Device.State) | Where-Object { $_ })
    if ($facts.Count -gt 0) { "$name ($($facts -join ', '))" } else { $name }
}

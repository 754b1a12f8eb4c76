# The token as a SecureString: as given, or from the Token property of what Get-AzAccessToken returns. A plain text is
# refused without ever being shown: what was typed stays in history, transcripts and $Error.

function Resolve-AccessToken {
    param([AllowNull()][object]$AccessToken)

    $how = 'Az: $token = Get-AzAccessToken -ResourceTypeName MSGraph -AsSecureString; by hand: $token = Read-Host -AsSecureString; from a variable of another module: $token = ConvertTo-SecureString $text -AsPlainText -Force'
    if ($null -eq $AccessToken) {
        throw (New-TokenError -Id 'AccessTokenMissing' -Text "Give a token with -AccessToken. $how")
    }
    $value = $AccessToken
    if ($value -isnot [securestring]) {
        $property = $value.PSObject.Properties['Token']
        if ($property -and $value -isnot [string]) { $value = $property.Value }
    }
    if ($value -is [securestring]) {
        return $value
    }
    $what = if ($value -is [string]) { 'a plain text, which stays readable in history, transcripts and $Error' } else { 'neither a SecureString nor an object with one in Token' }
    throw (New-TokenError -Id 'AccessTokenNotSecure' -Text "-AccessToken was given $what. Give a SecureString. $how")
}

function New-TokenError {
    param([string]$Id, [string]$Text)

    New-Object Management.Automation.ErrorRecord (New-Object ArgumentException $Text), $Id, InvalidArgument, $null
}

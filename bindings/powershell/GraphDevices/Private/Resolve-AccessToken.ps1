# The token as a SecureString: as given, from the Token property of what Get-AzAccessToken returns, or from a script block. A
# plain text as an argument is refused without ever being shown: typed text stays in history, transcripts and $Error.

# The first token, and the script block that supplies the next ones, if one was given.
function Resolve-AccessToken {
    param([AllowNull()][object]$AccessToken)

    if ($null -eq $AccessToken) {
        throw (New-TokenError -Id 'AccessTokenMissing' -Text "Give a token with -AccessToken. $(Get-TokenAdvice)")
    }
    if ($AccessToken -is [scriptblock]) {
        return @{ Token = Get-ScriptToken -Script $AccessToken -Claims $null; Script = $AccessToken }
    }
    $value = Get-TokenValue -Given $AccessToken
    if ($value -is [securestring]) {
        return @{ Token = $value; Script = $null }
    }
    $what = if ($value -is [string]) { 'a plain text, which stays readable in history, transcripts and $Error' } else { 'neither a SecureString, an object with one in Token, nor a script block' }
    throw (New-TokenError -Id 'AccessTokenNotSecure' -Text "-AccessToken was given $what. Give a SecureString. $(Get-TokenAdvice)")
}

# What the script block returns now. The claims of the service, if it sent any, are its first argument.
function Get-ScriptToken {
    param([scriptblock]$Script, [AllowNull()][object]$Claims)

    $given = @()
    # A break or continue in the block ends this loop and no other.
    foreach ($once in 1) {
        try { $given = @(& $Script $Claims) }
        catch { throw (New-TokenError -Id 'AccessTokenScriptFailed' -Text "The script block of -AccessToken failed: $($_.Exception.Message.TrimEnd('.'))." -Cause $_.Exception) }
    }
    $given = @($given | Where-Object { $null -ne $_ })
    if ($given.Count -ne 1) {
        throw (New-TokenError -Id 'AccessTokenScriptFailed' -Text "The script block of -AccessToken returned $($given.Count) objects. It must return one: a SecureString, an object with one in Token, or the token's text.")
    }
    $value = Get-TokenValue -Given $given[0]
    if ($value -is [securestring]) { return $value }
    # Text that a block returns was not typed by a person.
    if ($value -is [string] -and $value) {
        $secure = New-Object securestring
        foreach ($character in $value.ToCharArray()) { $secure.AppendChar($character) }
        $secure.MakeReadOnly()
        return $secure
    }
    throw (New-TokenError -Id 'AccessTokenScriptFailed' -Text "The script block of -AccessToken returned a $($value.GetType().Name). It must return a SecureString, an object with one in Token, or the token's text.")
}

# The token in what Get-AzAccessToken returned, unless its time is over; anything else as it is.
function Get-TokenValue {
    param([object]$Given)

    if ($Given -is [securestring] -or $Given -is [string]) { return $Given }
    $token = $Given.PSObject.Properties['Token']
    if (-not $token) { return $Given }
    $expiry = $Given.PSObject.Properties['ExpiresOn']
    if ($expiry -and ($expiry.Value -is [DateTimeOffset] -or $expiry.Value -is [datetime])) {
        $end = if ($expiry.Value -is [datetime]) { $expiry.Value.ToUniversalTime() } else { $expiry.Value.UtcDateTime }
        $left = $end - [datetime]::UtcNow
        if ($left.TotalSeconds -le 0) {
            throw (New-TokenError -Id 'AccessTokenExpired' -Text "The token expired $([Math]::Ceiling(-$left.TotalMinutes)) minutes ago. Get another one, or give a script block that gets one: -AccessToken { Get-AzAccessToken -ResourceTypeName MSGraph -AsSecureString }")
        }
    }
    $token.Value
}

function Get-TokenAdvice {
    'Az: $token = Get-AzAccessToken -ResourceTypeName MSGraph -AsSecureString; by hand: $token = Read-Host -AsSecureString; from a variable of another module: $token = ConvertTo-SecureString $text -AsPlainText -Force; for a long run, a script block: -AccessToken { Get-AzAccessToken -ResourceTypeName MSGraph -AsSecureString }'
}

function New-TokenError {
    param([string]$Id, [string]$Text, [AllowNull()][Exception]$Cause)

    New-Object Management.Automation.ErrorRecord (New-Object ArgumentException $Text, $Cause), $Id, InvalidArgument, $null
}

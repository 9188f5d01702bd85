using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Ebb.Tables.Requests;

/// <summary>
/// Signs each attempt anew ("Authorize with Shared Key", Shared Key Lite for the Table service): HMAC-SHA256 over the date and the
/// resource, which is the account, the path as sent, and <c>comp</c> where there is one.
/// </summary>
internal sealed class SharedKeySigning(TableKey key, TimeProvider time) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var date = time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        message.Request.Headers.SetValue("x-ms-date", date);
        var signature = Convert.ToBase64String(
            HMACSHA256.HashData(
                key.Key,
                Encoding.UTF8.GetBytes($"{date}\n/{key.Account}{message.Request.Uri.ToUri().AbsolutePath}")
            )
        );
        message.Request.Headers.SetValue("Authorization", $"SharedKeyLite {key.Account}:{signature}");
    }
}

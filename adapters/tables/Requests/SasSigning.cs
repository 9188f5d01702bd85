using Azure.Core;
using Azure.Core.Pipeline;

namespace Ebb.Tables.Requests;

/// <summary>Puts the signature into the query, once, however often the request is tried.</summary>
internal sealed class SasSigning(TableSas sas) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var query = message.Request.Uri.Query;
        if (query.Contains(sas.Signature, StringComparison.Ordinal))
            return;
        message.Request.Uri.Query = query.Length > 1 ? $"{query}&{sas.Signature}" : $"?{sas.Signature}";
    }
}

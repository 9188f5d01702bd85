using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Ebb.Core.Ports;

namespace Ebb.Tables.Requests;

/// <summary>
/// The Table service's REST interface on an Azure.Core pipeline. A refusal is an answer; no answer is a
/// <see cref="StateStoreException"/>; only the caller's cancellation passes through.
/// </summary>
internal sealed class TableRequests
{
    private const string Scope = "https://storage.azure.com/.default";
    private readonly HttpPipeline _pipeline;
    private readonly Uri _endpoint;

    public TableRequests(TableAddress address, TimeProvider time, HttpPipelineTransport? transport = null)
    {
        _endpoint = address.Endpoint;
        var options = new TableClientOptions
        {
            // Small, because whoever asks has a deadline of seconds and does without us when it has passed.
            Retry =
            {
                MaxRetries = 1,
                Mode = RetryMode.Fixed,
                Delay = TimeSpan.FromMilliseconds(100),
                NetworkTimeout = TimeSpan.FromSeconds(5),
            },
            Diagnostics = { IsTelemetryEnabled = false },
        };
        if (transport is not null)
            options.Transport = transport;
        _pipeline = HttpPipelineBuilder.Build(options, [], [Signing(address.Access, time)], new ResponseClassifier());
    }

    public async Task<TableAnswer> SendAsync(
        RequestMethod method,
        string path,
        string query,
        BinaryData? body,
        string? ifMatch,
        CancellationToken cancellationToken
    )
    {
        using var message = _pipeline.CreateMessage();
        var request = message.Request;
        request.Method = method;
        request.Uri.Reset(new Uri(_endpoint, path + query));
        request.Headers.SetValue("x-ms-version", "2019-02-02");
        request.Headers.SetValue("DataServiceVersion", "3.0");
        request.Headers.SetValue("Accept", "application/json;odata=minimalmetadata");
        if (ifMatch is not null)
            request.Headers.SetValue("If-Match", ifMatch);
        if (body is not null)
        {
            request.Headers.SetValue("Content-Type", "application/json");
            request.Headers.SetValue("Prefer", "return-no-content");
            request.Content = RequestContent.Create(body);
        }

        try
        {
            await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
            return TableAnswer.Of(message.Response);
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StateStoreException($"the table service at {_endpoint.Authority} did not answer in time", slow);
        }
        catch (AuthenticationFailedException refused)
        {
            throw new StateStoreException($"no token for the table service at {_endpoint.Authority}", refused);
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException or IOException)
        {
            throw new StateStoreException($"the table service at {_endpoint.Authority} cannot be reached", failure);
        }
    }

    private static HttpPipelinePolicy Signing(TableAccess access, TimeProvider time) =>
        access switch
        {
            TableKey key => new SharedKeySigning(key, time),
            TableSas sas => new SasSigning(sas),
            TableToken token => new BearerTokenAuthenticationPolicy(token.Credential, Scope),
            _ => throw new ArgumentOutOfRangeException(nameof(access), access.ToString(), "an access that is none"),
        };

    private sealed class TableClientOptions : ClientOptions;
}

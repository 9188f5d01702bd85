using System.Net.Http.Headers;
using System.Text.Json;
using Ebb.Engine.Clocks;

namespace Ebb.Engine.Capacity;

/// <summary>Asks the scaler for its numbers: bounded in time and in size, and never through a proxy.</summary>
internal sealed class ScalerClient(ScalerPlace place, EngineClocks clocks) : IDisposable
{
    private const int MostBytes = 8 << 20;
    private const int NodesShown = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = Patience,
        }
    )
    {
        MaxResponseContentBufferSize = MostBytes,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>What it says, or why nothing is known.</summary>
    public async Task<(ScalerExplanation? Said, string Why)> AskAsync(CancellationToken cancellationToken)
    {
        var (body, status, why) = await GetAsync(
            FormattableString.Invariant($"/explain?follows=capacity&nodes={NodesShown}"),
            cancellationToken
        );
        if (body is null)
            return (null, why);
        if (status != 200)
            return (null, $"the scaler answers {status}");
        try
        {
            var said = ScalerExplanation.Read(body);
            return said.Ready
                ? (said, "")
                : (said, $"the scaler is not ready: {string.Join("; ", said.Reasons ?? [])}");
        }
        catch (JsonException fault)
        {
            return (null, $"what answers at {place.Find().Url} is no scaler: {fault.Message}");
        }
    }

    /// <summary>A page of it with its status, or why there is none.</summary>
    public async Task<(byte[]? Body, int Status, string Why)> GetAsync(string page, CancellationToken cancellationToken)
    {
        if (place.Find() is not { Url: { } url })
            return (null, 0, place.Find().Why);
        using var deadline = new CancellationTokenSource(Patience, clocks.Deadlines);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, page));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            return (await response.Content.ReadAsByteArrayAsync(either.Token), (int)response.StatusCode, "");
        }
        catch (OperationCanceledException)
            when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, 0, $"the scaler at {url} did not answer within {Patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException failure)
        {
            return (
                null,
                0,
                failure.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded
                    ? $"the scaler at {url} answers more than {MostBytes} bytes"
                    : $"the scaler at {url} does not answer: {failure.Message}"
            );
        }
    }

    public void Dispose() => _http.Dispose();
}

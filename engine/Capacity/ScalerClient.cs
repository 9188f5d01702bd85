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
        if (place.Find() is not { Url: { } url } found)
            return (null, place.Find().Why);
        using var deadline = new CancellationTokenSource(Patience, clocks.Deadlines);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get,
                new Uri(found.Url, FormattableString.Invariant($"/explain?follows=capacity&nodes={NodesShown}"))
            );
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            if (!response.IsSuccessStatusCode)
                return (null, $"the scaler at {url} answers {(int)response.StatusCode}");
            var said = ScalerExplanation.Read(await response.Content.ReadAsByteArrayAsync(either.Token));
            return said.Ready
                ? (said, "")
                : (said, $"the scaler is not ready: {string.Join("; ", said.Reasons ?? [])}");
        }
        catch (OperationCanceledException)
            when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, $"the scaler at {url} did not answer within {Patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException failure)
        {
            return (
                null,
                failure.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded
                    ? $"the scaler at {url} answers more than {MostBytes} bytes"
                    : $"the scaler at {url} does not answer: {failure.Message}"
            );
        }
        catch (JsonException fault)
        {
            return (null, $"what answers at {url} is no scaler: {fault.Message}");
        }
    }

    public void Dispose() => _http.Dispose();
}

using System.Text.Json;
using Ebb.Core.Waves;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Api;

/// <summary>
/// Sends a request until it is answered or its deadline is over. 429, 5xx, broken connections and timeouts are tried
/// again, after what the server asks for or a growing, jittered pause; everything else is an answer. A write that the
/// server keeps while it answers others is waited for longer than one of a server that is silent.
/// </summary>
internal sealed class ApiRetry(ApiTransport transport, TimeProvider time, KubernetesApiOptions options)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <param name="request">What to send.</param>
    /// <param name="read">Makes the result from an answer of success; called again when that answer broke off.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="KubernetesTimeoutException">No answer in time, or a write whose answer was lost.</exception>
    /// <exception cref="KubernetesException">Refused, failed, or the server cannot be reached.</exception>
    public async Task<T> SendAsync<T>(
        ApiRequest request,
        Func<HttpResponseMessage, CancellationToken, ValueTask<T>> read,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        var lost = false;
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var left = request.Deadline - time.GetElapsedTime(started);
            // On a busy machine the pause may end after the deadline.
            if (left < TimeSpan.Zero)
                left = TimeSpan.Zero;
            var (sent, heard) = (time.GetTimestamp(), transport.Answers);
            var wait = left < request.Attempt ? left : request.Attempt;
            var patience = request.Patience - time.GetElapsedTime(started);
            using var clock = new CancellationTokenSource(patience > wait ? patience : wait, time);
            using var silence =
                patience > wait
                    ? time.CreateTimer(_ => EndIfSilent(clock, heard), null, wait, Timeout.InfiniteTimeSpan)
                    : null;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
            KubernetesException failure;
            TimeSpan? asked = null;
            try
            {
                using var response = await transport.SendAsync(request, either.Token).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                    return await read(response, either.Token).ConfigureAwait(false);
                failure = await FailureAsync(request, response, either.Token).ConfigureAwait(false);
                if (!IsPassing(failure))
                    throw failure;
                lost |= request.Writes && failure.Code == 504;
                asked = RetryAfter(response, failure);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (OperationCanceledException fault) when (clock.IsCancellationRequested)
            {
                var isKept = patience > wait && transport.Answers != heard;
                transport.NoAnswer(request, "timeout", isSilent: !isKept);
                lost |= request.Writes;
                failure = new KubernetesTimeoutException(
                    $"cannot {request}: no answer within {time.GetElapsedTime(sent).TotalSeconds:0.#} s"
                        + (isKept ? ", while the server answers others: a webhook or policy may keep it" : ""),
                    fault
                );
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
            {
                transport.NoAnswer(request, "error");
                lost |= request.Writes && !IsBeforeSending(fault);
                failure = KubernetesException.NoAnswer($"cannot {request}: {Words(fault)}", fault);
            }
            catch (JsonException fault)
            {
                lost |= request.Writes;
                var place = fault.Path is null ? "" : $" at {fault.Path}";
                failure = KubernetesException.NoAnswer(
                    $"cannot {request}: the answer is not the JSON that was expected{place}",
                    fault
                );
            }

            var pause = asked ?? Backoff(attempt);
            if (
                attempt >= (request.Attempts ?? options.Attempts)
                || time.GetElapsedTime(started) + pause >= request.Deadline
            )
                throw lost
                    ? new KubernetesTimeoutException($"{failure.Message}; it may or may not have been done", failure)
                    : failure;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What an answer without success says.</summary>
    public static async Task<KubernetesException> FailureAsync(
        ApiRequest request,
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        ApiStatus? status = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/json")
        {
            try
            {
                using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
                status = await JsonSerializer
                    .DeserializeAsync(body, ApiJson.Default.ApiStatus, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is JsonException or IOException or HttpRequestException)
            {
                // The code alone says enough.
            }
        }

        return KubernetesException.Answered((int)response.StatusCode, status, request.ToString());
    }

    /// <summary>What went wrong on the way, without the address or anything that was sent.</summary>
    public static string Words(Exception fault) =>
        fault switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                "the server's name cannot be resolved",
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
                "the server cannot be connected to",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                "TLS could not be agreed on: the server's certificate or ours is not accepted",
            HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => "the proxy refused",
            OperationCanceledException => "the connection could not be made in time",
            _ => "the connection broke",
        };

    // What a webhook that does not answer blocks is told at once, and asked again by whoever wants it.
    private static bool IsPassing(KubernetesException failure) =>
        failure.Code is 429 or (>= 500 and not 501) && !BlockedByWebhook.Is(failure.Message);

    private void EndIfSilent(CancellationTokenSource clock, int heard)
    {
        try
        {
            if (transport.Answers == heard)
                clock.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The answer came at this moment.
        }
    }

    // A cancellation that came from neither token is the connect timeout.
    private static bool IsBeforeSending(Exception fault) =>
        fault
            is OperationCanceledException
                or HttpRequestException
                {
                    HttpRequestError: HttpRequestError.NameResolutionError
                        or HttpRequestError.ConnectionError
                        or HttpRequestError.SecureConnectionError
                        or HttpRequestError.ProxyTunnelError,
                };

    private TimeSpan? RetryAfter(HttpResponseMessage response, KubernetesException failure)
    {
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => failure.Details?.RetryAfterSeconds is { } seconds and > 0
                ? TimeSpan.FromSeconds(seconds)
                : (TimeSpan?)null,
        };
        if (asked is null)
            return null;
        // Every client was told the same number.
        var spread = TimeSpan.FromMilliseconds(100 * options.Chance());
        return asked > TimeSpan.Zero ? asked + spread : spread;
    }

    private TimeSpan Backoff(int attempt)
    {
        var full = FirstPause * Math.Pow(2, attempt - 1);
        if (full > LongestPause)
            full = LongestPause;
        return full * (0.5 + (options.Chance() / 2));
    }
}

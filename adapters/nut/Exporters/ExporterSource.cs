using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Nut.Dialing;
using NodaTime;

namespace Ebb.Nut.Exporters;

/// <summary>
/// A UPS on the page of a Prometheus exporter. The current nut_exporter answers a stale UPS by not answering for a
/// minute, so running out of time is the usual form of bad news here.
/// </summary>
internal sealed class ExporterSource : IUpsSource
{
    /// <summary>For the whole exchange, connecting included.</summary>
    internal static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of a page after unpacking. A PDU with 581 variables takes 100 KiB.</summary>
    internal const int LargestPage = 4 << 20;

    /// <summary>Bytes of a refusal that are read for its reason.</summary>
    private const int LargestRefusal = 64 << 10;

    private readonly UpsSourceAddress _address;
    private readonly Dialer _dialer;
    private readonly TimeProvider _clock;
    private readonly TimeProvider _deadlines;
    private readonly SemaphoreSlim _turn = new(1);
    private HttpClient? _client;

    internal ExporterSource(UpsSourceAddress address, Dialer dialer, TimeProvider clock, TimeProvider deadlines)
    {
        (_address, _dialer, _clock, _deadlines) = (address, dialer, clock, deadlines);
        Name = address.ToString();
    }

    public string Ups => _address.Name;

    public string Name { get; }

    public async Task<UpsAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await ReadInTurnAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits for a read that is under way; its deadline bounds that.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _client?.Dispose();
        _turn.Dispose();
    }

    private async Task<UpsAnswer> ReadInTurnAsync(CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(AnswerWithin, _deadlines, cancellationToken);
        SourceFault fault;
        try
        {
            _client ??= ClientFor(_address, _dialer);
            using var request = new HttpRequestMessage(HttpMethod.Get, _address.Page);
            request.Headers.Authorization = Credentials();
            using var response = await _client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                deadline.Token
            );
            if (response.StatusCode == HttpStatusCode.OK)
            {
                var text = await TextAsync(response, LargestPage, deadline.Token);
                if (text is null)
                    fault = new SourceFault(
                        UpsFault.Garbled,
                        $"expected the metrics of a UPS, found more than {LargestPage} bytes"
                    );
                else if (ExporterPage.Parse(text, _address.Ups, out fault) is { } page)
                {
                    _dialer.Worked();
                    return ReadingOf(page);
                }
            }
            else
                fault = ExporterRefusal.Of(
                    response.StatusCode,
                    await TextAsync(response, LargestRefusal, deadline.Token) ?? ""
                );
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            fault = new SourceFault(UpsFault.TimedOut, $"no complete answer within {AnswerWithin.TotalSeconds} s");
        }
        catch (Exception problem) when (ExporterFault.Of(problem) is { } known)
        {
            fault = known;
        }
        return new UpsNoAnswer(
            _address.Name,
            Name,
            Now(),
            fault.Kind,
            _dialer.Detour is { } detour ? $"{fault.Detail}; {detour}" : fault.Detail
        );
    }

    private UpsReading ReadingOf(ExporterPage page) =>
        new(
            _address.Name,
            Name,
            Now(),
            page.Flags,
            page.Charge,
            page.Runtime,
            page.Load,
            page.ChargeLow,
            page.RuntimeLow,
            Note: _dialer.Detour,
            Disbelieved: page.Disbelieved,
            RuntimeAtZero: page.RuntimeAtZero
        );

    private Instant Now() => Instant.FromDateTimeOffset(_clock.GetUtcNow());

    private AuthenticationHeaderValue? Credentials() =>
        _address.User is null
            ? null
            : new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_address.User}:{_address.Password}"))
            );

    /// <summary>
    /// No proxy, because the way to the UPS must not lead through a machine that loses its power first, and no
    /// redirects, because
    /// the credentials are meant for this server.
    /// </summary>
    /// <exception cref="IOException">The file of roots cannot be read.</exception>
    private static HttpClient ClientFor(UpsSourceAddress address, Dialer dialer)
    {
        var trust = Trust.OptionsFor(address);
        var handler = new SocketsHttpHandler
        {
            SslOptions = trust,
            AutomaticDecompression = DecompressionMethods.GZip,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = Dialer.DetourFor,
            ConnectCallback = async (_, token) => new NetworkStream(await dialer.ConnectAsync(token), ownsSocket: true),
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>
    /// Null when there is more than <paramref name="largest"/>. Bytes that are no UTF-8 become a replacement character.
    /// </summary>
    private static async Task<string?> TextAsync(
        HttpResponseMessage response,
        int largest,
        CancellationToken cancellationToken
    )
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var bytes = new MemoryStream();
        var chunk = new byte[16 << 10];
        int count;
        while ((count = await body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (bytes.Length + count > largest)
                return null;
            bytes.Write(chunk, 0, count);
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}

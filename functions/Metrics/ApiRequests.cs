using System.Diagnostics.Metrics;
using System.Globalization;

namespace Ebb.Functions.Metrics;

/// <summary>
/// Counts requests to one server from what .NET's own HTTP client measures (<c>http.client.request.duration</c>), so that no
/// caller has to. A watch is counted when it ends.
/// </summary>
internal sealed class ApiRequests : IDisposable
{
    private readonly MeterListener _listener = new();

    public ApiRequests(Uri server)
    {
        var (host, port) = (server.Host.Trim('[', ']'), server.Port);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Name: "http.client.request.duration", Meter.Name: "System.Net.Http" }) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            string? method = null, address = null, code = null;
            int? at = null;
            foreach (var (name, value) in tags)
            {
                if (name == "http.request.method") method = value as string;
                else if (name == "server.address") address = (value as string)?.Trim('[', ']');
                else if (name == "server.port") at = value as int?;
                else if (name == "http.response.status_code") code = Convert.ToString(value, CultureInfo.InvariantCulture);
            }
            if (address == host && (at is null || at == port) && method is not null) Measures.Requested(method, code ?? "error");
        });
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();
}

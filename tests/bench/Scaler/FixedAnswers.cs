using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Ebb.Bench.Scaler;

/// <summary>The lower bound of any server on Kestrel: it answers what GetMetrics would, whatever it is asked.</summary>
internal static class FixedAnswers
{
    /// <param name="port">On loopback.</param>
    /// <param name="reads">Whether it reads the request to its end first.</param>
    public static async Task RunAsync(string port, bool reads)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // As the scaler has them.
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000_000;
            kestrel.ListenLocalhost(
                int.Parse(port, CultureInfo.InvariantCulture),
                listen => listen.Protocols = HttpProtocols.Http2
            );
        });
        var app = builder.Build();
        byte[] answer = [0, 0, 0, 0, 27, 10, 25, 10, 12, .. "ebb-replicas"u8, 16, 7, 25, 0, 0, 0, 0, 0, 0, 28, 64];
        ((IApplicationBuilder)app).Run(async http =>
        {
            for (var reader = http.Request.BodyReader; reads; )
            {
                var read = await reader.ReadAsync();
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            http.Response.ContentType = "application/grpc";
            answer.CopyTo(http.Response.BodyWriter.GetSpan(answer.Length));
            http.Response.BodyWriter.Advance(answer.Length);
            http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers["grpc-status"] = "0";
        });
        await app.RunAsync();
    }
}

using System.Net;
using Ebb.Engine.Http;
using Ebb.Metrics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ebb.Engine;

/// <summary>Where the web server listens, what it takes of a request, and what it logs.</summary>
internal static class ServerDefaults
{
    /// <summary>
    /// How much of a body the server takes off the wire, so that whoever sends too much hears so; routes get far less.
    /// </summary>
    private const int MostBytesDrained = 2 * RequestGuard.LargestManifest;
    private const long MostBytesUnread = 64 * 1024;

    /// <summary>Listens where the settings say, and nowhere else.</summary>
    public static void Listen(this WebApplicationBuilder builder, Uri url)
    {
        builder
            .WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "")
            .ConfigureKestrel(kestrel =>
            {
                if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
                    kestrel.Listen(address, url.Port);
                else if (url.Host == "localhost")
                    kestrel.ListenLocalhost(url.Port);
                else
                    kestrel.ListenAnyIP(url.Port);
            });
    }

    public static void AddServerDefaults(this IHostApplicationBuilder builder)
    {
        var state = new StartState();
        builder.Services.AddSingleton(state);
        PlainConsoleFormatter.Use(builder.Services);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBytesDrained;
            // Held for each connection that sends faster than it is read.
            kestrel.Limits.MaxRequestBufferSize = MostBytesUnread;
        });
        builder
            .Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning)
            // What keeps the process from starting is told in one line, by RunAsync.
            .AddFilter(
                "Microsoft.Extensions.Hosting.Internal.Host",
                level => state.Started && level >= LogLevel.Information
            );
        if (!Console.IsOutputRedirected)
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
    }
}

using Ebb.Engine.Loops;

namespace Ebb.Engine.Http;

/// <summary>The headers of every answer, and the answer to a request that fails.</summary>
internal static partial class SecurityHeaders
{
    /// <summary>For answers that are data: a browser that shows one as a page runs nothing in it.</summary>
    private const string NothingRuns =
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    public static void UseSecurityHeaders(this IApplicationBuilder app)
    {
        var log = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Ebb.Engine.Http");
        var gate = app.ApplicationServices.GetRequiredService<StartupGate>();
        app.Use(
            async (context, next) =>
            {
                if (!gate.Begun.IsCompleted)
                {
                    context.Response.OnCompleted(() =>
                    {
                        gate.Answered();
                        return Task.CompletedTask;
                    });
                }

                var headers = context.Response.Headers;
                headers.XContentTypeOptions = "nosniff";
                headers.XFrameOptions = "DENY";
                headers["Referrer-Policy"] = "no-referrer";
                headers["Cross-Origin-Resource-Policy"] = "same-origin";
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
                headers.ContentSecurityPolicy = NothingRuns;
                headers.CacheControl = "no-store";
                try
                {
                    await next(context);
                }
                catch (BadHttpRequestException refused) when (!context.Response.HasStarted)
                {
                    var title =
                        refused.StatusCode == StatusCodes.Status413PayloadTooLarge ? "Too large" : "Bad request";
                    var expected =
                        refused.StatusCode == StatusCodes.Status413PayloadTooLarge
                            ? RequestGuard.SizeWords(context.Request)
                            : "expected a request of HTTP/1.1 or HTTP/2 that is whole";
                    await Problems.Of(refused.StatusCode, title, expected).ExecuteAsync(context);
                }
                catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
                {
                    // The client closed the connection.
                }
#pragma warning disable CA1031 // Whatever it was, it is told in full in the log and in one sentence to whoever asked.
                catch (Exception failure) when (!context.Response.HasStarted)
#pragma warning restore CA1031
                {
                    Failed(log, context.Request.Method, context.Request.Path, failure);
                    await Problems
                        .Of(
                            StatusCodes.Status500InternalServerError,
                            "Internal error",
                            "this request failed; the log of this process says how"
                        )
                        .ExecuteAsync(context);
                }
            }
        );
    }

    [LoggerMessage(30, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void Failed(ILogger log, string method, PathString path, Exception failure);
}

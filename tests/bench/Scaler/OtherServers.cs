using System.Diagnostics;

namespace Ebb.Bench.Scaler;

/// <summary>
/// Trivial external scalers on other gRPC stacks. Null: what it needs is not installed, which is printed.
/// </summary>
internal static class OtherServers
{
    private const string DebianSources = "/usr/share/gocode";

    /// <param name="clients">Where grpc-js is installed.</param>
    /// <param name="proto">KEDA's.</param>
    public static ServerProcess? GrpcJs(string clients, string proto)
    {
        if (!Directory.Exists(Path.Combine(clients, "node_modules")))
            return Missing("grpc-js", $"npm install in {clients} was not run");
        var port = ServerProcess.FreePort();
        return new ServerProcess(
            new ProcessStartInfo("node", [Path.Combine(clients, "server.js"), $"{port}", proto]),
            port
        );
    }

    /// <summary>
    /// Built here from Debian's packages golang-go, golang-google-grpc-dev, golang-goprotobuf-dev and
    /// protobuf-compiler.
    /// </summary>
    /// <param name="source">Its main.go.</param>
    /// <param name="proto">KEDA's.</param>
    public static async Task<ServerProcess?> GrpcGoAsync(string source, string proto)
    {
        if (!Directory.Exists(Path.Combine(DebianSources, "src/google.golang.org/grpc")))
            return Missing("grpc-go", "golang-google-grpc-dev is not installed");
        var folder = Path.Combine(Path.GetTempPath(), "ebb-bench-grpc-go");
        var stubs = Directory.CreateDirectory(Path.Combine(folder, "src/externalscaler")).FullName;
        var server = Directory.CreateDirectory(Path.Combine(folder, "src/server")).FullName;
        File.Copy(source, Path.Combine(server, "main.go"), overwrite: true);
        var program = Path.Combine(folder, "grpc-go");
        if (
            !await RunAsync(
                "protoc",
                $"--proto_path={Path.GetDirectoryName(proto)}",
                $"--go_out=plugins=grpc:{stubs}",
                proto
            ) || !await RunAsync("go", "build", "-o", program, "server")
        )
            return Missing("grpc-go", "it could not be built");
        var port = ServerProcess.FreePort();
        return new ServerProcess(new ProcessStartInfo(program, [$"{port}"]), port);

        async Task<bool> RunAsync(string command, params string[] arguments)
        {
            var start = new ProcessStartInfo(command, arguments);
            start.Environment["GO111MODULE"] = "off";
            start.Environment["GOPATH"] = $"{folder}:{DebianSources}";
            start.Environment["GOCACHE"] = Path.Combine(folder, "cache");
            try
            {
                using var process = Process.Start(start)!;
                await process.WaitForExitAsync();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such command.
                return false;
            }
        }
    }

    private static ServerProcess? Missing(string server, string why)
    {
        Console.WriteLine($"{server} is left out: {why}");
        return null;
    }
}

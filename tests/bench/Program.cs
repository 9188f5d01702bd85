using Ebb.Bench;
using Ebb.Bench.Scaler;
using Ebb.Bench.Schedules;

// dotnet publish functions -c Release -r linux-x64 -o artifacts/app
// dotnet run -c Release --project tests/bench -- power artifacts/app/Ebb.Functions
switch (args)
{
    case ["power", var app]:
        TickBench.Run();
        await PowerBench.RunAsync(Path.GetFullPath(app));
        return 0;
    // dotnet publish tests/bench/Empty -c Release -r linux-x64 -o artifacts/empty
    // dotnet run -c Release --project tests/bench -- start 11 artifacts/app/Ebb.Functions
    // artifacts/empty/Ebb.Bench.Empty
    case ["start", var runs, .. var apps]:
        await PowerBench.StartAsync(
            int.Parse(runs, System.Globalization.CultureInfo.InvariantCulture),
            [.. apps.Select(Path.GetFullPath)]
        );
        return 0;
    case ["schedules"]:
        return
            ScheduleBench.OneWindow(Console.Out)
            & ScheduleBench.ManyWindows(Console.Out)
            & ScheduleBench.AYear(Console.Out)
            ? 0
            : 1;
    // dotnet publish scaler -c Release -r linux-x64 -p:PublishAot=true -o artifacts/scaler
    // dotnet run -c Release --project tests/bench -- grpc artifacts/scaler/Ebb.Scaler
    case ["grpc", var scaler, .. var flights]:
        return await GrpcBench.RunAsync(
            Path.GetFullPath(scaler),
            Environment.CurrentDirectory,
            flights.Length == 0
                ? [1, 8, 64]
                : [.. flights.Select(flight => int.Parse(flight, System.Globalization.CultureInfo.InvariantCulture))]
        )
            ? 0
            : 1;
    case ["waiting"]:
        return WaitingBench.Run() ? 0 : 1;
    // Without a scaler it is not measured what one takes.
    case ["capacity", .. var scalers] when scalers.Length < 2:
        var kept = CapacityBench.Index();
        foreach (var scaler in scalers)
            kept &= await CapacityBench.ProcessAsync(Path.GetFullPath(scaler));
        Console.WriteLine(kept ? "within the bounds" : "BEYOND A BOUND");
        return kept ? 0 : 1;
    case ["start-scaler", var runs, .. var scalers]:
        await StartBench.RunAsync(
            int.Parse(runs, System.Globalization.CultureInfo.InvariantCulture),
            [.. scalers.Select(Path.GetFullPath)]
        );
        return 0;
    case ["harvest", var folder]:
        HarvestPlot.Run(folder);
        return 0;
    case ["fixed", var port, var how]:
        await FixedAnswers.RunAsync(port, how == "reads");
        return 0;
    default:
        Console.Error.WriteLine(
            "expected: power or start RUNS PATH-OF-THE-PUBLISHED-FUNCTIONS, schedules, waiting, "
                + "grpc, capacity or start-scaler RUNS PATH-OF-THE-PUBLISHED-SCALER, or harvest FOLDER"
        );
        return 2;
}
